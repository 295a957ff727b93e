#include "apps/product_command.h"

#include <cstdio>
#include <optional>
#include <variant>

#include "apps/command.h"
#include "apps/directory_verbs.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "product";
constexpr const char* kEverybody = "everybody";
constexpr const char* kToken = "token";

int Fail(const base::Error& error) { return FailVerb(kVerb, error); }

int Recorded(store::Directory& directory, const std::string& action, const std::string& object) {
  return RecordVerb(kVerb, directory, action, object);
}

const char* NameOf(store::Visibility symbols) {
  return symbols == store::Visibility::kPublic ? kEverybody : kToken;
}

// 0 is as of any other product.
std::optional<std::int64_t> Days(std::int64_t days) { return days == 0 ? std::nullopt : std::optional(days); }

std::string DaysOrDash(const std::optional<std::int64_t>& days) { return days ? std::to_string(*days) : "-"; }

std::string Words(const store::Product& product) {
  return "symbols for " + std::string(NameOf(product.symbols)) + ", reports " +
         DaysOrDash(product.report_days) + " days, pings " + DaysOrDash(product.ping_days) + " days";
}

// A line each, for people and for cut(1): name, who may fetch symbols, days of reports, days of pings.
int List(const store::Directory& directory) {
  const base::Result<std::vector<store::Product>> products = directory.ListProducts();
  if (!products) return Fail(products.error());
  for (const store::Product& product : *products) {
    std::printf("%s\t%s\t%s\t%s\n", product.name.c_str(), NameOf(product.symbols),
                DaysOrDash(product.report_days).c_str(), DaysOrDash(product.ping_days).c_str());
  }
  return kExitOk;
}

}  // namespace

ProductVerbs::ProductVerbs(CLI::App& app)
    : noun_(app.add_subcommand("product", "say who may fetch a product's symbols, and how long it is kept")),
      set_(Verb("set", "add a product, or change what is given of one")),
      list_(Verb("list", "print products with what holds for them")),
      remove_(Verb("remove", "let a product be as any other; its crashes and symbols stay")) {
  noun_->require_subcommand(1);
  for (CLI::App* const verb : {set_, remove_})
    verb->add_option("name", name_, "as crashes and uploads name it")->required();
  set_->add_option("--symbols", symbols_, "who may fetch its symbols: everybody or token (default token)")
      ->check(CLI::IsMember({kEverybody, kToken}));
  constexpr std::int64_t kMaxDays = 36'500;
  set_->add_option("--report-days", report_days_, "how long its reports are kept; 0: as those of others")
      ->check(CLI::Range(std::int64_t{0}, kMaxDays));
  set_->add_option("--ping-days", ping_days_, "likewise its pings")
      ->check(CLI::Range(std::int64_t{0}, kMaxDays));
}

CLI::App* ProductVerbs::Verb(const std::string& name, const std::string& what) {
  CLI::App* const verb = noun_->add_subcommand(name, what);
  verb->add_option("--data", data_, "the server's data folder (default cairn-data)");
  return verb;
}

int ProductVerbs::Run() const {
  const auto opened = OpenDirectory(kVerb, data_);
  if (const int* const exit_code = std::get_if<int>(&opened)) return *exit_code;
  store::Directory& directory = *std::get<0>(opened);
  if (set_->parsed()) return Set(directory);
  return remove_->parsed() ? Remove(directory) : List(directory);
}

int ProductVerbs::Set(store::Directory& directory) const {
  const base::Result<std::optional<store::Product>> known = directory.FindProduct(name_);
  if (!known) return Fail(known.error());
  store::Product product = known->value_or(store::Product{});
  product.name = name_;
  if (set_->count("--symbols") > 0)
    product.symbols = symbols_ == kEverybody ? store::Visibility::kPublic : store::Visibility::kByToken;
  if (set_->count("--report-days") > 0) product.report_days = Days(report_days_);
  if (set_->count("--ping-days") > 0) product.ping_days = Days(ping_days_);
  const base::Status set = directory.SetProduct(product);
  if (!set) return Fail(set.error());
  return Recorded(directory, "set product: " + Words(product), name_);
}

int ProductVerbs::Remove(store::Directory& directory) const {
  const base::Status removed = directory.RemoveProduct(name_);
  if (removed) return Recorded(directory, "remove product", name_);
  if (removed.error().code != base::Code::kNotFound) return Fail(removed.error());
  PrintError(kVerb, name_ + ": there is no product of this name: `cairn product list` shows them");
  return kExitProblem;
}

}  // namespace cairn::apps
