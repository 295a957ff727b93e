#include "apps/replay_check.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "apps/command.h"
#include "apps/replay_server.h"
#include "base/json_writer.h"
#include "base/time_units.h"
#include "os/clock.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "replay check";
using base::kDayMs;
constexpr std::int64_t kWindowDaysMax = 365;  // Of one search.
constexpr std::size_t kDigitPlace = 29;       // Of a crash id: how the report was taken.
constexpr std::array<std::string_view, 5> kFaults = {"json_parse", "invalid_doc_type", "missing_version",
                                                     "schema_not_found", "schema_validation"};

using Counts = std::unordered_map<std::string, std::uint64_t>;

Counts CountsOf(const std::vector<std::string>& ids) {
  Counts counts;
  counts.reserve(ids.size());
  for (const std::string& id : ids) ++counts[id];
  return counts;
}

class Comparer {
 public:
  Comparer(const ServerView& server, const CompareOptions& options)
      : server_(server),
        options_(options),
        pings_(CountsOf(server.pings)),
        reports_(CountsOf(server.reports)) {}

  Comparison Run(const std::vector<LedgerEntry>& ledger) {
    for (const LedgerEntry& entry : ledger) Sort(entry);
    ComparePings();
    CompareReports();
    if (options_.nothing_else) CompareCounts();
    for (const Keys& unknown : unknown_) comparison_.unknown += unknown.size();
    comparison_.failed = server_.failed;
    return std::move(comparison_);
  }

 private:
  using Keys = std::unordered_set<std::string>;

  void Sort(const LedgerEntry& entry) {
    const auto kind = static_cast<std::size_t>(entry.kind);
    if (entry.IsUnknown()) {
      unknown_[kind].insert(entry.key);
      return;
    }
    acknowledged_[kind].insert(entry.key);
    if (entry.kind == ShotKind::kReport) answers_[entry.key].insert(entry.answer);
  }

  void Blame(std::uint64_t& number, std::string_view what, const std::string& id) {
    ++number;
    if (comparison_.examples.size() < kComparisonExamples)
      comparison_.examples.push_back(std::string(what) + " " + id);
  }

  // Once; anything else is noted. What was looked for is taken out of `found`.
  void ExpectOnce(Counts& found, const std::string& id, std::string_view kind) {
    const auto entry = found.find(id);
    if (entry == found.end()) {
      Blame(comparison_.lost, "lost " + std::string(kind), id);
      return;
    }
    if (entry->second > 1) Blame(comparison_.doubled, "double " + std::string(kind), id);
    found.erase(entry);
  }

  void BlameRest(const Counts& found, const Keys& unknown, std::string_view kind) {
    for (const auto& [id, count] : found) {
      if (count > 1) Blame(comparison_.doubled, "double " + std::string(kind), id);
      if (options_.nothing_else && !unknown.contains(id))
        Blame(comparison_.wrong, "unexpected " + std::string(kind), id);
    }
  }

  static std::size_t Index(ShotKind kind) { return static_cast<std::size_t>(kind); }

  void ComparePings() {
    const Keys& keys = acknowledged_[Index(ShotKind::kCrashPing)];
    comparison_.crash_pings = keys.size();
    for (const std::string& key : keys) ExpectOnce(pings_, key, "ping");
    for (const std::string& key : acknowledged_[Index(ShotKind::kBadPing)]) {
      if (pings_.contains(key)) Blame(comparison_.wrong, "bad ping", key);
    }
    BlameRest(pings_, unknown_[Index(ShotKind::kCrashPing)], "ping");
  }

  void CompareReports() {
    Keys expected;
    for (const auto& [event, answers] : answers_) {
      if (answers.size() > 1) Blame(comparison_.doubled, "several answers to report", event);
      for (const std::string& answer : answers) {
        if (answer == kAnswerDiscarded) {
          ++comparison_.discarded;
        } else if (answer.size() > kDigitPlace && answer[kDigitPlace] == '1') {
          ++comparison_.deferred;
          reports_.erase(answer);
        } else {
          expected.insert(answer);
        }
      }
    }
    comparison_.reports = expected.size();
    for (const std::string& id : expected) ExpectOnce(reports_, id, "report");
    // What the id of a report without an answer would have been, nobody knows: so many may be there.
    const std::size_t excusable = unknown_[Index(ShotKind::kReport)].size();
    if (reports_.size() > excusable) BlameRest(reports_, {}, "report");
  }

  void CompareCounts() {
    const auto count_of = [this](std::string_view outcome) {
      const auto found = server_.outcomes.find(std::string(outcome));
      return found == server_.outcomes.end() ? 0 : found->second;
    };
    std::uint64_t faults = 0;
    for (const std::string_view fault : kFaults) faults += count_of(fault);
    comparison_.main_pings = ExpectCount(ShotKind::kMainPing, count_of("usage"));
    comparison_.bad_pings = ExpectCount(ShotKind::kBadPing, faults);
  }

  std::uint64_t ExpectCount(ShotKind kind, std::uint64_t found) {
    const std::uint64_t least = acknowledged_[Index(kind)].size();
    std::uint64_t most = least;
    for (const std::string& key : unknown_[Index(kind)])
      most += acknowledged_[Index(kind)].contains(key) ? 0 : 1;
    const std::string what = std::string(NameOf(kind)) + " pings: the server counts " + std::to_string(found);
    if (found < least) Blame(comparison_.lost += least - found - 1, what, "and not " + std::to_string(least));
    if (found > most) Blame(comparison_.doubled += found - most - 1, what, "and not " + std::to_string(most));
    return least;
  }

  const ServerView& server_;
  const CompareOptions& options_;
  Counts pings_;
  Counts reports_;
  std::array<Keys, kShotKinds> acknowledged_;
  std::array<Keys, kShotKinds> unknown_;
  std::unordered_map<std::string, std::set<std::string>> answers_;  // Of reports, by event id.
  Comparison comparison_;
};

void Print(const Comparison& comparison, bool as_json) {
  struct Row {
    std::string_view name;
    std::uint64_t value;
  };
  const Row rows[] = {{"crash_pings", comparison.crash_pings},
                      {"main_pings", comparison.main_pings},
                      {"bad_pings", comparison.bad_pings},
                      {"reports", comparison.reports},
                      {"discarded", comparison.discarded},
                      {"deferred", comparison.deferred},
                      {"unknown", comparison.unknown},
                      {"lost", comparison.lost},
                      {"double", comparison.doubled},
                      {"not_processed", comparison.failed},
                      {"wrong", comparison.wrong}};
  if (as_json) {
    base::JsonWriter json;
    json.BeginObject();
    for (const Row& row : rows) {
      json.NumberField(row.name, row.value);
    }
    json.Key("examples");
    json.BeginArray();
    for (const std::string& example : comparison.examples) json.String(example);
    json.EndArray();
    json.EndObject();
    std::printf("%s\n", json.text().c_str());
    return;
  }
  for (const Row& row : rows) {
    std::printf("%-14s %llu\n", std::string(row.name).c_str(), static_cast<unsigned long long>(row.value));
  }
  for (const std::string& example : comparison.examples) std::printf("  %s\n", example.c_str());
}

struct Window {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
};

// A server's clock may differ, and may have jumped.
Window WindowOf(const std::vector<LedgerEntry>& ledger) {
  std::int64_t first = os::UnixMillis();
  std::int64_t last = 0;
  for (const LedgerEntry& entry : ledger) {
    first = std::min(first, entry.time_ms);
    last = std::max(last, entry.time_ms);
  }
  const std::int64_t end = std::max(last, os::UnixMillis()) + 2 * kDayMs;
  return {std::max(first - 2 * kDayMs, end - kWindowDaysMax * kDayMs), end};
}

}  // namespace

Comparison Compare(const std::vector<LedgerEntry>& ledger, const ServerView& server,
                   const CompareOptions& options) {
  return Comparer(server, options).Run(ledger);
}

int CheckLedgers(const CheckOptions& options) {
  std::vector<LedgerEntry> ledger;
  for (const std::string& path : options.ledgers) {
    base::Result<std::vector<LedgerEntry>> entries = ReadLedgerFile(path);
    if (!entries) {
      PrintError(kVerb, path + ": " + base::Describe(entries.error()));
      return ExitCodeOf(entries.error());
    }
    ledger.insert(ledger.end(), std::make_move_iterator(entries->begin()),
                  std::make_move_iterator(entries->end()));
  }
  const Window window = WindowOf(ledger);
  ReplayServer server(options.url, options.token);
  const std::int64_t deadline_ms = os::MonotonicMillis() + options.patience_ms;
  Comparison comparison;
  std::uint64_t counted = 0;
  for (bool is_first = true;; is_first = false) {
    // Looking at all of it is dear: only when something has come since, or time is up.
    const base::Result<std::uint64_t> count = server.Count(window.from_ms, window.to_ms);
    const bool is_late = os::MonotonicMillis() > deadline_ms;
    if (count && (is_first || is_late || *count != counted)) {
      counted = *count;
      const base::Result<ServerView> view = server.Look(window.from_ms, window.to_ms);
      if (!view) {
        PrintError(kVerb, options.url + ": " + base::Describe(view.error()));
        return kExitFailure;
      }
      comparison = Compare(ledger, *view, {.nothing_else = options.nothing_else});
      if (comparison.lost == 0) break;
    }
    if (!count && is_late) {
      PrintError(kVerb, options.url + ": " + base::Describe(count.error()));
      return kExitFailure;
    }
    if (is_late) break;
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  Print(comparison, options.json);
  return comparison.IsRight() ? kExitOk : kExitProblem;
}

}  // namespace cairn::apps
