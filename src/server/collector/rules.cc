#include "server/collector/rules.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/parse_json.h"
#include "server/intake/annotation_names.h"

namespace cairn::collector {
namespace {

constexpr std::array<std::pair<Verdict, std::string_view>, 5> kVerdictNames = {{
    {Verdict::kAccept, "accept"},
    {Verdict::kReject, "reject"},
    {Verdict::kDefer, "defer"},
    {Verdict::kFakeAccept, "fake-accept"},
    {Verdict::kContinue, "continue"},
}};

// A JSON text as rules compare it: a string without its quotes, anything else as it is written.
std::string PlainText(std::string_view json) {
  if (!json.starts_with('"')) return std::string(json);
  if (json.find('\\') == std::string_view::npos) return std::string(json.substr(1, json.size() - 2));
  simdjson::dom::parser parser;
  std::string_view text;
  if (base::ParseJson(parser, json).get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

// What lies at `path` in an annotation that is an object, or a string that holds one (as Firefox sends them).
std::optional<std::string> TextAt(const std::string& json, const std::vector<std::string>& path) {
  const std::string text = PlainText(json);
  simdjson::dom::parser parser;
  simdjson::dom::element element;
  if (base::ParseJson(parser, text).get(element) != simdjson::SUCCESS) return std::nullopt;
  for (const std::string& key : path) {
    if (element.at_key(key).get(element) != simdjson::SUCCESS) return std::nullopt;
  }
  return PlainText(simdjson::minify(element));
}

std::optional<std::string> Find(const Condition& condition, const ReportFacts& report) {
  for (const std::string_view name : intake::AllNamesOf(condition.field)) {
    const auto found = name.empty() ? report.annotations.end() : report.annotations.find(std::string(name));
    if (found == report.annotations.end()) continue;
    return condition.path.empty() ? PlainText(found->second) : TextAt(found->second, condition.path);
  }
  return std::nullopt;
}

bool Holds(const Condition& condition, const ReportFacts& report) {
  std::optional<std::string> text = Find(condition, report);
  if (condition.present) return text.has_value() == *condition.present;
  if (!text) text = condition.default_text;
  return text && condition.test(*text, report.now_ms) != condition.negated;
}

bool Holds(const Rule& rule, const ReportFacts& report) {
  return std::ranges::all_of(rule.when,
                             [&report](const Condition& condition) { return Holds(condition, report); });
}

}  // namespace

std::string_view NameOf(Verdict verdict) {
  for (const auto& [known, name] : kVerdictNames) {
    if (known == verdict) return name;
  }
  return {};
}

std::optional<Verdict> ParseVerdict(std::string_view name) {
  for (const auto& [verdict, known] : kVerdictNames) {
    if (known == name) return verdict;
  }
  return std::nullopt;
}

Decision Decide(const RuleSet& rules, const ReportFacts& report, const Draw& draw) {
  double kept_chance = 1;
  for (const Rule& rule : rules.rules) {
    if (!Holds(rule, report)) continue;
    const double chance = rule.percent / 100;
    const bool drawn = rule.percent >= 100 || draw(rule.name) < chance;
    const Verdict verdict = drawn ? rule.result : rule.otherwise;
    kept_chance *= drawn ? chance : 1 - chance;
    if (verdict != Verdict::kContinue) return {verdict, rule.name, 1 / kept_chance};
  }
  return {Verdict::kReject, std::string(kNoMatch), 1};
}

std::vector<Outcome> AllOutcomes(const RuleSet& rules, const ReportFacts& report) {
  std::vector<Outcome> outcomes;
  double reaches = 1;  // The chance that the next row is asked.
  for (const Rule& rule : rules.rules) {
    if (!Holds(rule, report)) continue;
    double goes_on = 0;
    for (const auto& [verdict, chance] :
         {std::pair(rule.result, rule.percent / 100), std::pair(rule.otherwise, 1 - rule.percent / 100)}) {
      if (chance <= 0) continue;
      if (verdict == Verdict::kContinue) {
        goes_on = chance;
      } else {
        outcomes.push_back({{verdict, rule.name, 1 / (reaches * chance)}, reaches * chance});
      }
    }
    reaches *= goes_on;
    if (reaches <= 0) return outcomes;
  }
  outcomes.push_back({{Verdict::kReject, std::string(kNoMatch), 1}, reaches});
  return outcomes;
}

}  // namespace cairn::collector
