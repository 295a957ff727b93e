// How long searches take over many crashes: a program of its own, because the index takes minutes to fill and
// is kept.
//
//   search_bench FOLDER CRASHES [ROWS_PER_SECOND [QUESTION]]
//
// The folder is filled if it is not there: crashes of 90 days, a twentieth of them reports with 40 other
// threads, 20,000 signatures by Zipf's law, 600,000 distinct stacks of 30 frames at most of 60,000 functions
// in 2,000 modules. Each question is asked 5 times, then 40 times with the clock running; with
// ROWS_PER_SECOND rows come in meanwhile. Prints the median and the 95th percentile in milliseconds.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/hex.h"
#include "server/search/duckdb_index.h"
#include "server/search/week.h"

namespace cairn::search {
namespace {

constexpr std::int64_t kEndMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z
constexpr std::int64_t kDays = 90;
constexpr std::size_t kFunctions = 60'000;
constexpr std::size_t kStacks = 600'000;
constexpr std::size_t kSignatures = 20'000;
constexpr std::size_t kBatch = 5'000;
constexpr int kWarmUps = 5;
constexpr int kRuns = 40;

std::string FunctionName(std::size_t function) {
  return "name_space" + std::to_string(function % 300) + "::Class" + std::to_string(function % 7'000) +
         "::Method" + std::to_string(function) + "(int, char const*)";
}

// A number from 0 below `count`, small ones more often.
std::size_t Zipf(std::mt19937_64& random, std::size_t count) {
  const double share = std::uniform_real_distribution<double>()(random);
  return std::min(count - 1, static_cast<std::size_t>(std::pow(static_cast<double>(count), share)) - 1);
}

StackFrame FrameOf(std::size_t function) {
  const std::size_t module = function % 2'000;
  StackFrame frame{
      .module = "module" + std::to_string(module) + ".so",
      .debug_id = base::ToHex(module, 32) + "0",
      .module_offset = function * 64,
      .names = {{FunctionName(function), "sources/file" + std::to_string(function % 5'000) + ".cc",
                 static_cast<std::uint32_t>(function % 1'000)}}};
  if (function % 4 == 0) {
    frame.names.insert(frame.names.begin(), {FunctionName((function + 1) % kFunctions), "inline.h", 7});
  }
  return frame;
}

// The same each time for the same number.
SharedStack StackOf(std::size_t number, std::size_t signature) {
  std::mt19937_64 random(number);
  std::vector<StackFrame> frames;
  frames.push_back(FrameOf(signature));
  for (std::size_t length = 10 + random() % 20; length > 1; --length) {
    frames.push_back(FrameOf(random() % 3 == 0 ? Zipf(random, kFunctions) : random() % kFunctions));
  }
  return MakeStack(std::move(frames));
}

class Population {
 public:
  explicit Population(std::uint64_t seed) : random_(seed), next_(seed << 40) {}

  CrashRow Next(std::int64_t date_ms) {
    CrashRow row;
    const std::uint64_t number = next_++;
    row.kind = random_() % 20 == 0 ? CrashKind::kReport : CrashKind::kPing;
    row.uuid = base::ToHex(number * 2'654'435'761U & 0xffff'ffffU, 8) + "-0000-4000-8000-" +
               base::ToHex(number & 0xffff'ffff'ffffU, 12);
    row.date_ms = date_ms;
    row.product = random_() % 10 == 0 ? "Thunderbird" : "Firefox";
    row.version = std::to_string(130 + random_() % 12) + ".0";
    row.release_channel = random_() % 10 == 0 ? "beta" : "release";
    row.build_id = "2026" + std::to_string(1000 + random_() % 120) + "093000";
    row.process_type = random_() % 3 == 0 ? "content" : "main";
    row.platform_version = "10.0.2" + std::to_string(random_() % 30);
    row.cpu_arch = random_() % 8 == 0 ? "arm64" : "amd64";
    row.address = "0x" + base::ToHex(random_() % 100'000, 16);
    row.client = static_cast<std::int64_t>(random_() % 1'000'000 + 1);
    row.weight = row.kind == CrashKind::kReport ? 10 : 1;
    const std::size_t signature = Zipf(random_, kSignatures);
    const std::size_t stack = signature * (kStacks / kSignatures) + random_() % (kStacks / kSignatures);
    const std::string name = FunctionName(signature);
    row.input = MakeInput({.stack = StackOf(stack, signature),
                           .platform = signature % 3 == 0 ? "Linux" : "Windows NT",
                           .reason = signature % 5 == 0 ? "SIGABRT" : "EXCEPTION_ACCESS_VIOLATION_READ",
                           .signature = {name, name + " | " + FunctionName(stack % kFunctions), ""}});
    if (row.kind == CrashKind::kReport) AddThreads(row);
    AddAnnotations(row);
    return row;
  }

 private:
  void AddThreads(CrashRow& row) {
    if (idle_.empty()) {
      for (std::size_t i = 0; i < 5'000; ++i) idle_.push_back(StackOf(kStacks + i, i % 50));
    }
    for (int i = 0; i < 40; ++i) row.other_threads.push_back(idle_[Zipf(random_, idle_.size())]);
  }

  void AddAnnotations(CrashRow& row) {
    const auto add = [&](const char* name, Value value) {
      if (const Field* const field = FindField(name))
        row.annotations.emplace_back(field->id, std::move(value));
    };
    add("startup_crash", static_cast<std::int64_t>(random_() % 10 == 0));
    add("uptime_ts", static_cast<double>(random_() % 100'000) / 7);
    add("install_time", static_cast<std::int64_t>(random_() % 1'000'000));
    add("is_garbage_collecting", static_cast<std::int64_t>(random_() % 20 == 0));
    add("moz_crash_reason", "a reason of " + std::to_string(random_() % 200));
    add("total_physical_memory", static_cast<std::int64_t>(random_() % 64) << 30);
    std::ranges::sort(row.annotations, {}, &std::pair<FieldId, Value>::first);
  }

  std::mt19937_64 random_;
  std::uint64_t next_;
  std::vector<SharedStack> idle_;
};

void Fill(DuckDbIndex& index, std::size_t crashes) {
  Population population(1);
  std::vector<CrashRow> rows;
  for (std::size_t i = 0; i < crashes; ++i) {
    const std::int64_t age_ms =
        kDays * kDayMs - static_cast<std::int64_t>(static_cast<double>(kDays * kDayMs) *
                                                   (static_cast<double>(i) / static_cast<double>(crashes)));
    rows.push_back(population.Next(kEndMs - age_ms));
    if (rows.size() < kBatch && i + 1 < crashes) continue;
    if (!index.Add(rows)) std::exit(3);
    rows.clear();
    if (i / 100'000 != (i + 1) / 100'000) std::fprintf(stderr, "\r%zu crashes", i + 1);
  }
  std::fprintf(stderr, "\n");
}

Query QueryOf(std::int64_t days) {
  Query query;
  query.window = {kEndMs - days * kDayMs, kEndMs + kDayMs};
  query.kinds = {CrashKind::kReport, CrashKind::kPing};
  query.clauses = {{FieldId::kProduct, Combine::kAnyOf, {{Operator::kMatches, "Firefox"}}}};
  query.hits_max = 0;
  return query;
}

Query FacetOf(std::int64_t days) {
  Query query = QueryOf(days);
  query.facets = {Aggregation{}};
  return query;
}

Query StacksOf(std::vector<StackStep> steps) {
  Query query = FacetOf(kDays);
  query.clauses.clear();
  query.columns = {FieldId::kUuid, FieldId::kDate, FieldId::kSignature};
  query.hits_max = 100;
  query.stacks = {{.steps = std::move(steps)}};
  return query;
}

StackStep Step(FrameOperator op, std::string text, std::optional<std::uint32_t> gap_max = 0) {
  return {{{FramePart::kFunction, op, std::move(text), 0}}, gap_max};
}

Aggregation Counted(FieldId field, AggregationKind kind) {
  Aggregation aggregation;
  aggregation.field = field;
  aggregation.kind = kind;
  return aggregation;
}

Query DayBySignature() {
  Query query = QueryOf(kDays);
  query.facets = {Counted(FieldId::kDate, AggregationKind::kHistogram)};
  query.facets[0].inner = {Aggregation{}};
  return query;
}

// The largest of the questions that the ranking of top crashers asks.
Query Ranking() {
  Query query = FacetOf(7);
  query.with_estimates = true;
  query.facets[0].inner = {Counted(FieldId::kPlatform, AggregationKind::kTerms),
                           Counted(FieldId::kProcessType, AggregationKind::kTerms),
                           Counted(FieldId::kClient, AggregationKind::kCardinality),
                           Counted(FindField("install_time")->id, AggregationKind::kCardinality),
                           Counted(FindField("startup_crash")->id, AggregationKind::kTerms),
                           Counted(FindField("is_garbage_collecting")->id, AggregationKind::kTerms)};
  return query;
}

Query Newest() {
  Query query = QueryOf(7);
  query.clauses.push_back({FieldId::kVersion, Combine::kAnyOf, {{Operator::kMatches, "135.0"}}});
  query.columns = {FieldId::kUuid, FieldId::kDate, FieldId::kSignature, FieldId::kProduct, FieldId::kVersion};
  query.hits_max = 100;
  return query;
}

// The beginning of the names of the questions to ask.
std::string& Wanted() {
  static std::string wanted;
  return wanted;
}

// Of a question that says how many crashes it found.
void MeasureCall(const char* name, const std::function<base::Result<std::uint64_t>()>& ask) {
  if (!std::string_view(name).starts_with(Wanted())) return;
  std::vector<double> times_ms;
  std::uint64_t total = 0;
  for (int i = 0; i < kWarmUps + kRuns; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const base::Result<std::uint64_t> found = ask();
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - start;
    if (!found) {
      std::printf("| %s | %s |\n", name, base::Describe(found.error()).c_str());
      return;
    }
    total = *found;
    if (i >= kWarmUps) times_ms.push_back(taken.count());
  }
  std::ranges::sort(times_ms);
  std::printf("| %s | %llu | %.1f | %.1f |\n", name, static_cast<unsigned long long>(total),
              times_ms[times_ms.size() / 2], times_ms[times_ms.size() * 95 / 100]);
  std::fflush(stdout);
}

void Measure(const char* name, const DuckDbIndex& index, const Query& query) {
  MeasureCall(name, [&]() -> base::Result<std::uint64_t> {
    ASSIGN_OR_RETURN(const SearchResult found, index.Search(query));
    return found.total;
  });
}

// All that the page of top crashers asks: the ranking, the week before, crashes of the first minute, and
// since when each signature is known.
base::Result<std::uint64_t> AskForTopCrashers(const DuckDbIndex& index) {
  ASSIGN_OR_RETURN(const SearchResult ranking, index.Search(Ranking()));
  Query others = FacetOf(7);
  others.facet_size = 10'000;
  Query early = others;
  early.clauses.push_back(
      {FindField("uptime_ts")->id, Combine::kAllOf, {{Operator::kLess, std::int64_t{60}}}});
  ASSIGN_OR_RETURN(const SearchResult of_first_minute, index.Search(early));
  others.window = {others.window.from_ms - 7 * kDayMs, others.window.from_ms};
  ASSIGN_OR_RETURN(const SearchResult before, index.Search(others));
  std::vector<std::string> signatures;
  for (const FacetTerm& term : ranking.facets[0].terms)
    signatures.push_back(std::get<std::string>(term.term));
  ASSIGN_OR_RETURN(const std::vector<FirstSeen> seen, index.FindFirstSeen(signatures, others.kinds, {}));
  return ranking.total;
}

// Since when the most frequent signatures of all times are known.
base::Result<std::uint64_t> AskForFirstDates(const DuckDbIndex& index) {
  static const std::vector<std::string> signatures = [&] {
    Query query = FacetOf(kDays);
    query.facet_size = 100;
    std::vector<std::string> names;
    if (const auto found = index.Search(query)) {
      for (const FacetTerm& term : found->facets[0].terms) names.push_back(std::get<std::string>(term.term));
    }
    return names;
  }();
  ASSIGN_OR_RETURN(const std::vector<FirstSeen> seen,
                   index.FindFirstSeen(signatures, FacetOf(kDays).kinds, {}));
  return std::uint64_t{seen.size()};
}

void MeasureAll(const DuckDbIndex& index) {
  std::printf("| question | crashes found | median ms | p95 ms |\n|---|---|---|---|\n");
  Measure("signatures, 7 days", index, FacetOf(7));
  Measure("signatures, 90 days", index, FacetOf(kDays));
  Measure("day x signature, 90 days", index, DayBySignature());
  Measure("rare frame, 90 days", index, StacksOf({Step(FrameOperator::kEquals, FunctionName(54'321))}));
  Measure("ordered frames, 90 days", index,
          StacksOf({Step(FrameOperator::kEquals, FunctionName(17)),
                    Step(FrameOperator::kEquals, FunctionName(29), std::nullopt)}));
  Measure("regex over names, 90 days", index,
          StacksOf({Step(FrameOperator::kRegex, ".*::Method5432[0-9]\\(.*")}));
  Measure("ranking, 7 days", index, Ranking());
  MeasureCall("top crashers, 7 days", [&] { return AskForTopCrashers(index); });
  MeasureCall("first dates of 100 signatures", [&] { return AskForFirstDates(index); });
  Measure("newest 100 of a version", index, Newest());
}

// Rows of now, at a pace.
void KeepAdding(DuckDbIndex& index, std::size_t rows_per_second, const std::atomic<bool>& stop) {
  Population population(
      static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count()) % 1'000'000);
  std::size_t added = 0;
  const auto start = std::chrono::steady_clock::now();
  while (!stop) {
    std::vector<CrashRow> rows;
    for (std::size_t i = 0; i < rows_per_second / 2; ++i) rows.push_back(population.Next(kEndMs));
    if (!index.Add(rows)) std::exit(3);
    added += rows.size();
    std::this_thread::sleep_until(start + std::chrono::milliseconds(1'000 * added / rows_per_second));
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  std::printf("\n%.0f rows a second came in meanwhile\n", static_cast<double>(added) / taken.count());
}

int Main(const std::string& folder, std::size_t crashes, std::size_t rows_per_second) {
  const bool is_there = std::filesystem::exists(folder);
  auto index = DuckDbIndex::Open(folder, {.settings = {.memory_limit_mb = 1024}});
  if (!index) return 3;
  if (!is_there) Fill(**index, crashes);
  if (!is_there && !(*index)->Sweep()) return 3;  // As each night.
  if (rows_per_second == 0) {
    MeasureAll(**index);
    return 0;
  }
  std::atomic<bool> stop = false;
  std::thread adder([&] { KeepAdding(**index, rows_per_second, stop); });
  MeasureAll(**index);
  stop = true;
  adder.join();
  return 0;
}

}  // namespace
}  // namespace cairn::search

int main(int argument_count, char** arguments) {
  if (argument_count < 3) {
    std::fprintf(stderr, "usage: search_bench FOLDER CRASHES [ROWS_PER_SECOND [QUESTION]]\n");
    return 2;
  }
  if (argument_count > 4) cairn::search::Wanted() = arguments[4];
  return cairn::search::Main(arguments[1], std::strtoul(arguments[2], nullptr, 10),
                             argument_count > 3 ? std::strtoul(arguments[3], nullptr, 10) : 0);
}
