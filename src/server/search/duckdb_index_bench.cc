// How many crash rows a second the index takes in, on one thread, to durable commits: one of the population
// that the intake is measured with (20,000 distinct stacks of 30 frames, 2 % duplicates, a dozen
// annotations).
//
// Run from a folder on the disk to measure: the files lie below the working folder and are removed.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "base/hex.h"
#include "server/search/duckdb_index.h"
#include "server/search/week.h"

namespace cairn::search {
namespace {

constexpr std::int64_t kStartMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z
constexpr std::size_t kInputs = 20'000;
constexpr std::size_t kFrames = 30;

class Folder {
 public:
  Folder() {
    std::string pattern = "cairn_index_bench_XXXXXX";
    path_ = std::filesystem::absolute(mkdtemp(pattern.data())).string();
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::vector<SharedInput> MakeInputs() {
  std::mt19937_64 random(1);
  std::vector<SharedInput> inputs;
  for (std::size_t i = 0; i < kInputs; ++i) {
    std::vector<StackFrame> frames;
    for (std::size_t j = 0; j < kFrames; ++j) {
      const std::uint64_t function = j + 1 == kFrames ? 0 : random() % 60'000;
      frames.push_back({.module = "module" + std::to_string(function % 40) + ".so",
                        .debug_id = base::ToHex(function % 40, 32) + "0",
                        .module_offset = function * 64 + i % 3,
                        .names = {{"some::name_space::Class" + std::to_string(function % 900) + "::Function" +
                                       std::to_string(function) + "(int, char const*)",
                                   "some/folder/of/sources/file" + std::to_string(function % 5000) + ".cc",
                                   static_cast<std::uint32_t>(function % 1000)}}});
    }
    const std::string top = frames[0].names[0].function;
    inputs.push_back(MakeInput({.stack = MakeStack(std::move(frames)),
                                .platform = i % 3 == 0 ? "Linux" : "Windows NT",
                                .reason = i % 5 == 0 ? "SIGABRT" : "EXCEPTION_ACCESS_VIOLATION_READ",
                                .signature = {top, top + " | main", ""}}));
  }
  return inputs;
}

class Population {
 public:
  Population() : inputs_(MakeInputs()) {
    for (const char* const name :
         {"useragent_locale", "async_shutdown_timeout", "uptime_ts", "startup_crash", "total_physical_memory",
          "available_virtual_memory", "crash_time", "oom_allocation_size", "moz_crash_reason", "install_time",
          "cpu_info", "system_memory_use_percentage"}) {
      if (const Field* const field = FindField(name)) annotations_.push_back(field);
    }
    std::ranges::sort(annotations_, {}, &Field::id);
  }

  CrashRow Next() {
    CrashRow row;
    row.kind = CrashKind::kPing;
    const std::uint64_t number = random_() % 50 == 0 && next_ > 100 ? next_ - random_() % 100 : next_++;
    row.uuid =
        base::ToHex(number * 2'654'435'761U & 0xffff'ffffU, 8) + "-0000-4000-8000-" + base::ToHex(number, 12);
    row.date_ms = kStartMs + static_cast<std::int64_t>(number / 10);  // 10,000 a second.
    row.client_date_ms = row.date_ms - 500;
    row.product = "Firefox";
    row.version = std::to_string(100 + random_() % 8) + ".0.1";
    row.release_channel = random_() % 10 == 0 ? "beta" : "release";
    row.build_id = "202611" + std::to_string(10 + random_() % 12) + "093000";
    row.process_type = random_() % 3 == 0 ? "content" : "main";
    row.platform_version = "10.0.2" + std::to_string(random_() % 30);
    row.cpu_arch = "amd64";
    row.address = "0x" + base::ToHex(random_() % 100'000, 16);
    row.minidump_sha256_hash = base::ToHex(random_(), 16) + base::ToHex(random_(), 16) +
                               base::ToHex(random_(), 16) + base::ToHex(random_(), 16);
    row.client = static_cast<std::int64_t>(random_() % 2'000'000 + 1);
    row.rule = "ping";
    row.input = inputs_[(random_() % kInputs) * (random_() % kInputs) / kInputs];
    for (const Field* const field : annotations_) {
      if (random_() % 4 == 0) continue;
      row.annotations.emplace_back(field->id, ValueFor(*field));
    }
    return row;
  }

 private:
  Value ValueFor(const Field& field) {
    switch (field.type) {
      case FieldType::kBoolean: return static_cast<std::int64_t>(random_() % 2);
      case FieldType::kNumber: return static_cast<double>(random_() % 100'000) / 7;
      case FieldType::kInteger: return static_cast<std::int64_t>(random_() % 17'000'000'000);
      case FieldType::kDate: return kStartMs - static_cast<std::int64_t>(random_() % 100'000'000);
      default: return "a value of " + std::to_string(random_() % 200);
    }
  }

  std::vector<SharedInput> inputs_;
  std::vector<const Field*> annotations_;
  std::mt19937_64 random_{2};
  std::uint64_t next_ = 0;
};

// Rows are made beforehand: `range(0)` in a batch, `range(1)` in all.
void TakesRowsIn(benchmark::State& state) {
  const auto batch_size = static_cast<std::size_t>(state.range(0));
  const auto count = static_cast<std::size_t>(state.range(1));
  Population population;
  std::vector<CrashRow> rows;
  rows.reserve(count);
  for (std::size_t i = 0; i < count; ++i) rows.push_back(population.Next());
  for (auto _ : state) {
    const Folder folder;
    auto index = DuckDbIndex::Open(folder.path(), {.settings = {.threads = 1}});
    if (!index) return state.SkipWithError("the index does not open");
    for (std::size_t i = 0; i < rows.size(); i += batch_size) {
      const std::size_t size = std::min(batch_size, rows.size() - i);
      if (!(*index)->Add(std::span(&rows[i], size))) return state.SkipWithError("the index takes no rows");
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(count));
}
BENCHMARK(TakesRowsIn)
    ->Args({500, 100'000})
    ->Args({2'000, 100'000})
    ->Args({2'000, 200'000})
    ->Args({2'000, 400'000})
    ->Args({10'000, 400'000})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

// Of a day's beginning: every two seconds `range(0)` sums are handed over, each of a kind of usage of its
// own, for `range(1)` hand-overs; rows of five minutes are added up when they are over.
void TakesActivityIn(benchmark::State& state) {
  std::vector<stats::NumberedAggregate> sums(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    const Folder folder;
    auto index = DuckDbIndex::Open(folder.path(), {.settings = {.threads = 1}});
    if (!index) return state.SkipWithError("the index does not open");
    std::int64_t number = 0;
    for (std::int64_t i = 0; i < state.range(1); ++i) {
      const std::int64_t now_ms = kStartMs + i * 2000;
      for (stats::NumberedAggregate& sum : sums) {
        ++number;
        sum = {.source = 1,
               .number = number,
               .aggregate = {.window_start_ms = stats::WindowStart(now_ms),
                             .dimensions = {.channel = "release",
                                            .version = "140.0",
                                            .build_id = std::to_string(number % state.range(0)),
                                            .application = "Firefox",
                                            .os_name = "Windows"},
                             .measures = {.count = 40, .clients = 20, .usage_seconds = 4000}}};
      }
      if (!(*index)->AddActivity(sums)) return state.SkipWithError("the index takes no sums");
    }
    const auto days = (*index)->SumActivity(
        {.window = {kStartMs - kDayMs, kStartMs + kDayMs}, .group_by = {ActivityDimension::kBuildId}});
    if (!days || days->size() != sums.size()) state.SkipWithError("sums were lost");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0) * state.range(1));
  state.counters["per_hand_over"] =
      benchmark::Counter(static_cast<double>(state.iterations() * state.range(1)),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(TakesActivityIn)
    ->Args({500, 300})
    ->Args({500, 600})
    ->Args({500, 1200})
    ->Args({5'000, 300})
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

}  // namespace
}  // namespace cairn::search

BENCHMARK_MAIN();
