#include "server/collector/rule_dry_run.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <vector>

#include "base/parse_json.h"

namespace cairn::collector {
namespace {

constexpr std::string_view kReports = "v1/raw_crash/";
constexpr std::size_t kPageKeys = 10'000;
constexpr std::size_t kMaxRawCrashBytes = 64 << 20;

void AddReport(const RuleSet& rules, std::string_view json, DryRun& run) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  std::string_view rule;
  std::int64_t submitted_ms = 0;
  if (base::ParseJson(parser, json).get(root) != simdjson::SUCCESS ||
      root["metadata"]["throttle_rule"].get(rule) != simdjson::SUCCESS ||
      root["metadata"]["submitted_ms"].get(submitted_ms) != simdjson::SUCCESS) {
    ++run.unreadable;
    return;
  }
  double weight = 0;
  if (root["metadata"]["throttle_weight"].get(weight) != simdjson::SUCCESS) weight = 1;  // An older report.
  std::map<std::string, std::string> annotations;
  for (const simdjson::dom::key_value_pair field : root) {
    if (field.key != "metadata") annotations[std::string(field.key)] = simdjson::minify(field.value);
  }
  DryRun::Row& today = run.rows[std::string(rule)];
  ++today.stored;
  today.stands_for += weight;
  for (const Outcome& outcome : AllOutcomes(rules, {annotations, submitted_ms})) {
    DryRun::Row& row = run.rows[outcome.decision.rule];
    const Verdict verdict = outcome.decision.verdict;
    const bool keeps = verdict == Verdict::kAccept || verdict == Verdict::kDefer;
    (keeps ? row.would_keep : row.would_refuse) += weight * outcome.chance;
  }
}

}  // namespace

DryRun::Row DryRun::Total() const {
  Row total;
  for (const auto& [name, row] : rows) {
    total.stored += row.stored;
    total.stands_for += row.stands_for;
    total.would_keep += row.would_keep;
    total.would_refuse += row.would_refuse;
  }
  return total;
}

std::string FormatDryRun(const DryRun& run) {
  std::size_t width = 5;
  for (const auto& [name, row] : run.rows) width = std::max(width, name.size());
  std::string text = fmt::format("{:{}} {:>12} {:>14} {:>14} {:>14}\n", "rule", width, "stored today",
                                 "they stand for", "new: kept", "new: refused");
  const auto add = [&text, width](std::string_view name, const DryRun::Row& row) {
    text += fmt::format("{:{}} {:>12} {:>14.0f} {:>14.0f} {:>14.0f}\n", name, width, row.stored,
                        row.stands_for, row.would_keep, row.would_refuse);
  };
  for (const auto& [name, row] : run.rows) add(name, row);
  add("total", run.Total());
  return text;
}

base::Result<DryRun> RunDry(const RuleSet& rules, const store::BlobStore& blobs, std::string_view first_day,
                            const std::function<void(std::uint64_t)>& progress) {
  DryRun run;
  std::uint64_t read = 0;
  std::string after = std::string(kReports) + std::string(first_day);
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<std::string> keys, blobs.List(kReports, after, kPageKeys));
    for (const std::string& key : keys) {
      const base::Result<std::string> json = blobs.Get(key, kMaxRawCrashBytes);
      if (json) {
        AddReport(rules, *json, run);
      } else if (json.error().code != base::Code::kNotFound) {  // Removed meanwhile.
        ++run.unreadable;
      }
      progress(++read);
    }
    if (keys.size() < kPageKeys) return run;
    after = keys.back();
  }
}

}  // namespace cairn::collector
