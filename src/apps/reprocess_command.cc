#include "apps/reprocess_command.h"

#include <simdjson.h>

#include <cstdint>
#include <variant>

#include "apps/command.h"
#include "apps/crash_ids_input.h"
#include "apps/post_to_server.h"
#include "base/parse_json.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "reprocess";
constexpr std::size_t kIdsPerForm = 100;
constexpr int kTimeoutMs = 10 * 60'000;  // A search may find a hundred thousand crashes.

std::string Encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_';
    if (plain) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return encoded;
}

struct Totals {
  std::uint64_t queued = 0;
  std::uint64_t unknown = 0;
};

int Post(const Reprocess& asked, const std::string& form, Totals& totals) {
  const std::variant<ServerAnswer, int> posted = PostToServer(
      kVerb,
      {asked.url, "/api/Reprocessing/", asked.token, "application/x-www-form-urlencoded", form, kTimeoutMs});
  if (const int* const exit_code = std::get_if<int>(&posted)) return *exit_code;
  const ServerAnswer& answer = std::get<ServerAnswer>(posted);
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  std::uint64_t queued = 0;
  simdjson::dom::array unknown;
  if (base::ParseJson(parser, answer.body).get(root) != simdjson::SUCCESS ||
      root["queued"].get(queued) != simdjson::SUCCESS || root["unknown"].get(unknown) != simdjson::SUCCESS) {
    PrintError(kVerb, answer.url + ": the answer is none of Cairn's");
    return kExitFailure;
  }
  totals.queued += queued;
  for (const simdjson::dom::element id : unknown) {
    std::string_view text;
    if (id.get(text) == simdjson::SUCCESS)
      PrintError(kVerb, std::string(text) + ": the server has no such crash");
    ++totals.unknown;
  }
  return kExitOk;
}

}  // namespace

std::vector<std::string> ReprocessingForms(const Reprocess& asked) {
  std::vector<std::string> forms;
  for (std::size_t i = 0; i < asked.ids.size(); ++i) {
    if (i % kIdsPerForm == 0) forms.emplace_back();
    forms.back() += (forms.back().empty() ? "crash_ids=" : "&crash_ids=") + Encoded(asked.ids[i]);
  }
  if (!asked.query.empty()) forms.push_back("query=" + Encoded(asked.query));
  if (!asked.signature.empty()) forms.push_back("signature=" + Encoded(asked.signature));
  if (asked.set_aside) forms.emplace_back("set_aside=1");
  return forms;
}

int ReprocessCrashes(Reprocess asked) {
  if (!TakeIdsOfInput(kVerb, asked.ids)) return kExitFailure;
  const std::vector<std::string> forms = ReprocessingForms(asked);
  if (forms.empty()) {
    PrintError(kVerb,
               "say what: ids (- reads them from standard input), --query, --signature or --set-aside");
    return kExitUsage;
  }
  Totals totals;
  for (const std::string& form : forms) {
    if (const int code = Post(asked, form, totals); code != kExitOk) return code;
  }
  std::printf("queued %llu crashes\n", static_cast<unsigned long long>(totals.queued));
  return totals.unknown > 0 ? kExitProblem : kExitOk;
}

}  // namespace cairn::apps
