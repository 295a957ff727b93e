// The products and the audit of SociDirectory.
#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

#include "server/store/soci_directory.h"
#include "server/store/soci_store.h"
#include "server/store/sqlite_database.h"

namespace cairn::store {
namespace {

using base::Code;
using base::Error;

constexpr const char* kSelectProducts =
    "SELECT name, crashes, symbols, CAST(report_days AS TEXT), CAST(ping_days AS TEXT), "
    "description, featured_versions, links, bug_links FROM products ";

std::string TextOf(Visibility visibility) { return visibility == Visibility::kPublic ? "public" : "token"; }

// What this version does not know is not public.
Visibility VisibilityOf(const std::string& text) {
  return text == "public" ? Visibility::kPublic : Visibility::kByToken;
}

// Lists of texts without control characters, an entry a line.
std::string JoinLines(std::span<const std::string> entries) {
  std::string text;
  for (const std::string& entry : entries) text += entry + "\n";
  return text;
}

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> entries;
  while (!text.empty()) {
    const std::string_view entry = text.substr(0, text.find('\n'));
    entries.emplace_back(entry);
    text.remove_prefix(std::min(text.size(), entry.size() + 1));
  }
  return entries;
}

std::string JoinLinks(std::span<const ProductLink> links) {
  std::vector<std::string> lines;
  for (const ProductLink& link : links) lines.push_back(link.label + "\t" + link.url);
  return JoinLines(lines);
}

std::vector<ProductLink> SplitLinks(const std::string& text) {
  std::vector<ProductLink> links;
  for (const std::string& line : SplitLines(text)) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    links.push_back({line.substr(0, tab), line.substr(std::min(tab + 1, line.size()))});
  }
  return links;
}

bool IsPageText(std::string_view text, std::size_t bytes_max) {
  return text.size() <= bytes_max &&
         std::ranges::none_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

bool AreLinks(std::span<const ProductLink> links) {
  return links.size() <= kMaxProductLinks && std::ranges::all_of(links, [](const ProductLink& link) {
           const bool is_web = link.url.starts_with("https://") || link.url.starts_with("http://");
           return is_web && !link.label.empty() && IsPageText(link.label, kMaxDirectoryTextLength) &&
                  IsPageText(link.url, kMaxProductTextBytes);
         });
}

base::Status CheckPage(const Product& product) {
  if (!IsPageText(product.description, kMaxProductTextBytes)) return Error{Code::kBadValue, 0, "description"};
  const auto is_version = [](const std::string& version) {
    return !version.empty() && IsPageText(version, kMaxDirectoryTextLength);
  };
  if (product.featured_versions.size() > kMaxProductLinks ||
      !std::ranges::all_of(product.featured_versions, is_version)) {
    return Error{Code::kBadValue, 0, "versions"};
  }
  if (!AreLinks(product.links)) return Error{Code::kBadValue, 0, "links"};
  if (!AreLinks(product.bug_links)) return Error{Code::kBadValue, 0, "bug_links"};
  return {};
}

Product ProductOf(const soci::row& row) {
  Product product;
  product.name = row.get<std::string>(0);
  product.crashes = VisibilityOf(row.get<std::string>(1));
  product.symbols = VisibilityOf(row.get<std::string>(2));
  product.report_days = NumberOrNothing(NumberAt(row, 3));
  product.ping_days = NumberOrNothing(NumberAt(row, 4));
  product.description = row.get<std::string>(5);
  product.featured_versions = SplitLines(row.get<std::string>(6));
  product.links = SplitLinks(row.get<std::string>(7));
  product.bug_links = SplitLinks(row.get<std::string>(8));
  return product;
}

bool IsInsideCharacter(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// A text that is too long keeps its begin and its end, cut between characters, and a hash that tells it from
// others of the same begin and end.
std::string CutText(std::string_view text) {
  text = text.substr(0, text.find('\0'));
  if (text.size() <= kMaxDirectoryTextLength) return std::string(text);
  constexpr std::size_t kHashDigits = 16;
  const std::string between = " ... " + HashOfSecret(text).substr(0, kHashDigits) + " ... ";
  const std::size_t kept = kMaxDirectoryTextLength - between.size();
  std::size_t head = kept * 2 / 3;
  while (head > 0 && IsInsideCharacter(text[head])) --head;
  std::size_t tail = text.size() - (kept - kept * 2 / 3);
  while (tail < text.size() && IsInsideCharacter(text[tail])) ++tail;
  return std::string(text.substr(0, head)) + between + std::string(text.substr(tail));
}

}  // namespace

base::Status SociDirectory::SetProduct(const Product& product) {
  const auto is_days = [](const std::optional<std::int64_t>& days) { return !days || *days >= 1; };
  if (product.name.empty() || !IsValidText(product.name)) return Error{Code::kBadValue, 0, "product name"};
  if (!is_days(product.report_days) || !is_days(product.ping_days)) {
    return Error{Code::kBadValue, 0, "days that a product's crashes are kept"};
  }
  RETURN_IF_ERROR(CheckPage(product));
  return WithoutThrowing("set product", [&]() -> base::Status {
    const std::string crashes = TextOf(product.crashes);
    const std::string symbols = TextOf(product.symbols);
    const long long report_days = product.report_days.value_or(0);
    const long long ping_days = product.ping_days.value_or(0);
    const std::string versions = JoinLines(product.featured_versions);
    const std::string links = JoinLinks(product.links);
    const std::string bug_links = JoinLinks(product.bug_links);
    const std::lock_guard lock(state_->mutex);
    state_->session
        << "INSERT INTO products (name, crashes, symbols, report_days, ping_days, description, "
           "featured_versions, links, bug_links) VALUES (:name, :crashes, :symbols, :reports, :pings, "
           ":description, :versions, :links, :bug_links) ON CONFLICT (name) DO UPDATE SET "
           "crashes = excluded.crashes, symbols = excluded.symbols, "
           "report_days = excluded.report_days, ping_days = excluded.ping_days, "
           "description = excluded.description, featured_versions = excluded.featured_versions, "
           "links = excluded.links, bug_links = excluded.bug_links",
        soci::use(product.name), soci::use(crashes), soci::use(symbols), soci::use(report_days),
        soci::use(ping_days), soci::use(product.description), soci::use(versions), soci::use(links),
        soci::use(bug_links);
    return {};
  });
}

base::Result<std::optional<Product>> SociDirectory::FindProduct(const std::string& name) const {
  if (!IsValidText(name)) return std::optional<Product>();
  return WithoutThrowing("find product", [&]() -> base::Result<std::optional<Product>> {
    const std::string select = std::string(kSelectProducts) + "WHERE name = :name";
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select, soci::use(name));
    for (const soci::row& row : rows) return std::optional<Product>(ProductOf(row));
    return std::optional<Product>();
  });
}

base::Result<std::vector<Product>> SociDirectory::ListProducts() const {
  return WithoutThrowing("list products", [&]() -> base::Result<std::vector<Product>> {
    const std::string select = std::string(kSelectProducts) + "ORDER BY name";
    std::vector<Product> products;
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows = (state_->session.prepare << select);
    for (const soci::row& row : rows) products.push_back(ProductOf(row));
    return products;
  });
}

base::Status SociDirectory::RemoveProduct(const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<Product> found, FindProduct(name));
  if (!found) return Error{Code::kNotFound, 0, "product"};
  return WithoutThrowing("remove product", [&]() -> base::Status {
    const std::lock_guard lock(state_->mutex);
    state_->session << "DELETE FROM products WHERE name = :name", soci::use(name);
    return {};
  });
}

base::Status SociDirectory::RecordAll(std::span<const AuditEntry> entries) {
  return WithoutThrowing("write audit", [&]() -> base::Status {
    const long long when_ms = state_->clock();
    const std::lock_guard lock(state_->mutex);
    soci::transaction transaction(state_->session);
    for (const AuditEntry& entry : entries) {
      const std::string who = CutText(entry.who);
      const std::string action = CutText(entry.action);
      const std::string object = CutText(entry.object);
      state_->session
          << "INSERT INTO audit (when_ms, who, action, object) VALUES (:when, :who, :action, :object)",
          soci::use(when_ms), soci::use(who), soci::use(action), soci::use(object);
    }
    transaction.commit();
    return {};
  });
}

base::Status SociDirectory::ReplaceObjects(std::span<const std::pair<std::string, std::string>> objects) {
  std::vector<std::string> gone;
  for (const auto& [object, other] : objects) gone.push_back(object);
  return WithoutThrowing("change audit", [&]() -> base::Status {
    const std::lock_guard lock(state_->mutex);
    soci::transaction transaction(state_->session);
    for (const auto& [object, other] : objects) {
      state_->session << "UPDATE audit SET object = :other WHERE object = :object", soci::use(other),
          soci::use(object);
    }
    transaction.commit();
    ASSIGN_OR_RETURN(SqliteDatabase database, SqliteDatabase::Open(state_->path));
    return database.Scrub(gone);
  });
}

base::Result<std::vector<AuditEntry>> SociDirectory::FindAudit(const AuditQuery& query) const {
  // No entry has such a text.
  if (!IsValidText(query.who) || !IsValidText(query.action)) return std::vector<AuditEntry>();
  return WithoutThrowing("list audit", [&]() -> base::Result<std::vector<AuditEntry>> {
    const long long before = query.before_id;
    const long long count = static_cast<long long>(std::min<std::size_t>(query.entries_max, 1'000'000));
    std::vector<AuditEntry> entries;
    const std::lock_guard lock(state_->mutex);
    const soci::rowset<soci::row> rows =
        (state_->session.prepare
             << "SELECT CAST(id AS TEXT), CAST(when_ms AS TEXT), who, action, object FROM audit WHERE "
                "(:before = 0 OR id < :before2) AND (:who = '' OR who = :who2) AND substr(action, 1, "
                "length(:action)) = :action2 ORDER BY id DESC LIMIT :count",
         soci::use(before), soci::use(before), soci::use(query.who), soci::use(query.who),
         soci::use(query.action), soci::use(query.action), soci::use(count));
    for (const soci::row& row : rows) {
      entries.push_back({.id = NumberAt(row, 0),
                         .when_ms = NumberAt(row, 1),
                         .who = row.get<std::string>(2),
                         .action = row.get<std::string>(3),
                         .object = row.get<std::string>(4)});
    }
    return entries;
  });
}

}  // namespace cairn::store
