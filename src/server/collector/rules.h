// The rules that say which reports are kept, as values. rule_file.h reads them from TOML.
//
// Rows are asked in order. The first that holds decides, unless its result is to continue. A row may decide
// by chance: `percent` of the reports get its result, the others `otherwise`. A kept report stands for 1/π of
// its kind, π being the product of the chances on its way.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::collector {

enum class Verdict : std::uint8_t {
  kAccept,
  kReject,      // The client hears which rule it was.
  kDefer,       // Kept, and processed only when somebody asks for it.
  kFakeAccept,  // The client hears an id, and nothing is kept.
  kContinue,    // The next rows decide.
};

// "fake-accept", as in the file.
std::string_view NameOf(Verdict verdict);
std::optional<Verdict> ParseVerdict(std::string_view name);

// What rules see of a report: its annotations, each as JSON text, and the time.
struct ReportFacts {
  const std::map<std::string, std::string>& annotations;
  std::int64_t now_ms = 0;  // Unix time.
};

using Test = std::function<bool(std::string_view text, std::int64_t now_ms)>;

struct Condition {
  std::string field;              // An annotation, under any of its names (intake/annotation_names.h).
  std::vector<std::string> path;  // Into an annotation that is JSON.
  std::optional<std::string> default_text;  // What stands for an absent one. Without it a test does not hold.
  bool negated = false;
  std::optional<bool> present;  // If set, the test: whether it is there.
  Test test;
};

struct Rule {
  std::string name;
  std::vector<Condition> when;  // All must hold.
  Verdict result = Verdict::kAccept;
  double percent = 100;
  Verdict otherwise = Verdict::kReject;
};

struct RuleSet {
  std::vector<Rule> rules;
  std::string text;      // Of the file.
  std::string revision;  // Eight hex digits of its hash.
};

inline constexpr std::string_view kNoMatch =
    "NO_MATCH";  // The name of the decision when no rule holds: reject.

struct Decision {
  Verdict verdict = Verdict::kReject;
  std::string rule;
  double weight = 1;  // Of a report that is kept.
};

// A number from 0 up to but not including 1; the same name may be asked for once a report.
using Draw = std::function<double(std::string_view rule)>;
Decision Decide(const RuleSet& rules, const ReportFacts& report, const Draw& draw);

// All that may become of a report, and how probably: the chances add up to one.
struct Outcome {
  Decision decision;
  double chance = 1;
};
std::vector<Outcome> AllOutcomes(const RuleSet& rules, const ReportFacts& report);

}  // namespace cairn::collector
