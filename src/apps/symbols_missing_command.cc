#include "apps/symbols_missing_command.h"

#include <simdjson.h>

#include <cstdio>
#include <utility>
#include <variant>
#include <vector>

#include "apps/command.h"
#include "apps/post_to_server.h"
#include "base/parse_json.h"
#include "net/http_client.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "symbols missing";
constexpr int kTimeoutMs = 60'000;

std::optional<std::uint64_t> NumberAt(const simdjson::dom::element& hit, std::string_view key) {
  std::uint64_t number = 0;
  if (hit[key].get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

std::string Shown(std::optional<std::uint64_t> number) { return number ? std::to_string(*number) : ""; }

std::string TextAt(const simdjson::dom::element& hit, std::string_view key) {
  std::string_view text;
  return hit[key].get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

}  // namespace

SymbolsMissingVerb::SymbolsMissingVerb(CLI::App& symbols)
    : verb_(symbols.add_subcommand("missing", "list modules whose symbols crashes wait for")) {
  verb_->add_option("--url", url_, "the server, such as http://127.0.0.1:8000")->required();
  verb_->add_option("--token", token_, "a token that may fetch symbols, where not everybody may");
  verb_->add_option("--file", file_, "only modules with this in their name");
  verb_->add_option("--date", date_, "only those of a day, such as 2026-11-22, or '>=2026-11-22'");
  verb_->add_option("--count", count_, "how many at most (default 100)")->check(CLI::Range(1, 1000));
  verb_->add_option("--format", format_, "table, csv or json; csv lists all of them")
      ->check(CLI::IsMember({"table", "csv", "json"}));
}

int SymbolsMissingVerb::Run() const {
  std::string query;
  const auto add = [&query](std::string_view name, const std::string& value) {
    if (value.empty()) return;
    query.append(query.empty() ? "?" : "&").append(name).append("=").append(net::EscapeUrlPart(value));
  };
  add("file", file_);
  add("date", date_);
  const bool is_csv = format_ == "csv";
  if (!is_csv) add("_results_number", std::to_string(count_));
  const std::string path = is_csv ? "/missingsymbols.csv" : "/api/MissingSymbols/";
  const std::variant<ServerAnswer, int> asked =
      AskServer(kVerb, {url_, path + query, token_, "", "", kTimeoutMs});
  if (const int* const exit_code = std::get_if<int>(&asked)) return *exit_code;
  const ServerAnswer& answer = std::get<ServerAnswer>(asked);
  std::optional<std::string> text = answer.body;
  if (format_ == "table") text = DescribeMissing(answer.body);
  if (!text) {
    PrintError(kVerb, answer.url + ": the answer is none of Cairn's");
    return kExitFailure;
  }
  if (!text->ends_with('\n')) *text += '\n';
  std::fwrite(text->data(), 1, text->size(), stdout);
  return kExitOk;
}

std::optional<std::string> DescribeMissing(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element document;
  simdjson::dom::array hits;
  std::uint64_t total = 0;
  if (base::ParseJson(parser, json).get(document) != simdjson::SUCCESS ||
      document["hits"].get(hits) != simdjson::SUCCESS || document["total"].get(total) != simdjson::SUCCESS)
    return std::nullopt;
  std::string lines = "crashes  clients  requests  last day    debug file, debug id, code file, code id\n";
  std::size_t count = 0;
  for (const simdjson::dom::element hit : hits) {
    ++count;
    const std::uint64_t requests =
        NumberAt(hit, "symbolications").value_or(0) + NumberAt(hit, "downloads").value_or(0);
    char numbers[80];
    std::snprintf(numbers, sizeof(numbers), "%7s  %7s  %8s  %10s  ", Shown(NumberAt(hit, "crashes")).c_str(),
                  Shown(NumberAt(hit, "clients")).c_str(), Shown(requests).c_str(),
                  TextAt(hit, "last_day").c_str());
    lines += numbers;
    for (const std::string_view key : {"debug_file", "debug_id", "code_file", "code_id"}) {
      const std::string text = TextAt(hit, key);
      lines += (key == "debug_file" ? "" : " ") + (text.empty() ? std::string("-") : text);
    }
    lines += '\n';
  }
  if (count < total) lines += "and " + std::to_string(total - count) + " more\n";
  return lines;
}

}  // namespace cairn::apps
