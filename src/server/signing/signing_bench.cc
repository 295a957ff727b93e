// How long it takes to preview other lists over all of history: 200,000 distinct stacks of 40 frames, of
// 1,000,000 crashes; to sign all of it again, and to heal a module of it, while crashes come in.
//
// Run from a folder on the disk to measure: the files lie below the working folder and are removed.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/hex.h"
#include "server/search/duckdb_index.h"
#include "server/signing/healing.h"
#include "server/signing/signing.h"
#include "server/store/file_blob_store.h"

namespace cairn::signing {
namespace {

constexpr std::int64_t kStartMs = 1'795'348'800'000;  // 2026-11-22T12:00:00Z
constexpr std::size_t kFrames = 40;
constexpr std::size_t kRowsAtOnce = 5000;

search::StackFrame FrameOf(std::uint64_t function, std::uint64_t offset) {
  return {.module = "module" + std::to_string(function % 40) + ".so",
          .debug_id = base::ToHex(function % 40, 32) + "0",
          .module_offset = function * 64 + offset,
          .names = {{"some::name_space::Class" + std::to_string(function % 900) + "<int>::Function" +
                         std::to_string(function) + "(int, char const*)",
                     "some/folder/of/sources/file" + std::to_string(function % 5000) + ".cc",
                     static_cast<std::uint32_t>(function % 1000)}}};
}

search::SharedInput MakeRandomInput(std::mt19937_64& random) {
  std::vector<search::StackFrame> frames;
  for (std::size_t i = 0; i + 1 < kFrames; ++i) frames.push_back(FrameOf(random() % 60'000, random() % 4));
  frames.push_back(FrameOf(0, 0));
  return search::MakeInput({.stack = search::MakeStack(std::move(frames)),
                            .more_stacks = {},
                            .platform = random() % 3 == 0 ? "Linux" : "Windows NT",
                            .reason = "EXCEPTION_ACCESS_VIOLATION_READ",
                            .annotations = {{"ProductName", "Firefox"}},
                            .signature = {}});
}

// Made once for all: it takes minutes.
struct World {
  World(std::size_t inputs, std::size_t crashes) {
    std::string pattern = "cairn_signing_bench_XXXXXX";
    path = std::filesystem::absolute(mkdtemp(pattern.data())).string();
    index = *search::DuckDbIndex::Open(path + "/index", {});
    blobs = std::make_unique<store::FileBlobStore>(*store::FileBlobStore::Open(path + "/blobs"));
    signing = *Signing::Open({*index, *blobs});
    std::mt19937_64 random(1);
    std::vector<search::SharedInput> made;
    for (std::size_t i = 0; i < crashes; i += kRowsAtOnce) {
      std::vector<search::CrashRow> rows(kRowsAtOnce);
      for (std::size_t k = 0; k < kRowsAtOnce; ++k) {
        search::CrashRow& row = rows[k];
        if (made.size() * crashes <= (i + k) * inputs) made.push_back(MakeRandomInput(random));
        row.kind = search::CrashKind::kPing;
        row.uuid = base::ToHex((i + k) * 2'654'435'761U & 0xffff'ffffU, 8) + "-0000-4000-8000-" +
                   base::ToHex(i + k, 12);
        row.date_ms = kStartMs - static_cast<std::int64_t>(random() % 28) * 86'400'000;
        row.product = "Firefox";
        row.version = "140.0";
        row.input = (i + k) % 2 == 0 ? made.back() : made[random() % made.size()];
      }
      if (!signing->Add(rows)) return;
    }
    ok = made.size() >= inputs;
  }
  ~World() {
    signing.reset();
    index.reset();
    std::filesystem::remove_all(path);
  }

  bool ok = false;
  std::string path;
  std::unique_ptr<search::DuckDbIndex> index;
  std::unique_ptr<store::FileBlobStore> blobs;
  std::unique_ptr<Signing> signing;
};

World& TheWorld() {
  static World world(200'000, 1'000'000);
  return world;
}

// Half of the functions become prefixes, so nearly every signature changes.
SettingsText OtherSettings() {
  return {.lists = ListTexts{.sentinels = "",
                             .irrelevant = "some::name_space::Class7\n",
                             .prefix = "some::name_space::Class.*[02468]$\n",
                             .line_numbers = ""},
          .rules = ""};
}

void PreviewsOtherLists(benchmark::State& state) {
  World& world = TheWorld();
  if (!world.ok) return state.SkipWithError("the index takes no rows");
  std::uint64_t changed = 0;
  for (auto _ : state) {
    const auto preview = world.signing->PreviewOf(OtherSettings());
    if (!preview) return state.SkipWithError("no preview");
    const Preview& said = std::get<Preview>(*preview);
    changed = said.changed_inputs;
    state.counters["inputs"] = static_cast<double>(said.inputs);
    state.counters["crashes"] = static_cast<double>(said.crashes);
  }
  state.counters["changed"] = static_cast<double>(changed);
}
BENCHMARK(PreviewsOtherLists)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

// The part of it that the index has.
void ReadsAllInputs(benchmark::State& state) {
  World& world = TheWorld();
  for (auto _ : state) {
    const auto reader = world.index->ReadInputs({.after = {}, .with_crashes = true});
    for (;;) {
      const auto page = (*reader)->Next(search::kMaxInputsPerPage);
      if (!page || page->empty()) break;
    }
  }
}
BENCHMARK(ReadsAllInputs)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(2)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

// Crashes that come in one by one, all the while that it lives.
class ComingIn {
 public:
  explicit ComingIn(Signing& signing) : thread_([this, &signing] { Run(signing); }) {}
  ~ComingIn() { End(); }

  // The longest that one waited, ms; and half of them at most.
  std::pair<double, double> End() {
    ends_ = true;
    if (thread_.joinable()) thread_.join();
    std::ranges::sort(waits_ms_);
    return waits_ms_.empty() ? std::pair(0.0, 0.0)
                             : std::pair(waits_ms_.back(), waits_ms_[waits_ms_.size() / 2]);
  }

 private:
  void Run(Signing& signing) {
    std::mt19937_64 random(7);
    for (std::uint64_t number = 0; !ends_; ++number) {
      search::CrashRow row;
      row.uuid = base::ToHex(number, 8) + "-0000-4000-9000-000000000000";
      row.date_ms = kStartMs;
      row.input = MakeRandomInput(random);
      const auto begin = std::chrono::steady_clock::now();
      (void)signing.Add(std::span(&row, 1));
      waits_ms_.push_back(
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count());
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  std::atomic<bool> ends_ = false;
  std::vector<double> waits_ms_;
  std::thread thread_;  // Last: it uses the others.
};

void SignsHistoryAgain(benchmark::State& state) {
  World& world = TheWorld();
  ComingIn crashes(*world.signing);
  for (auto _ : state) {
    if (!world.signing->Save(OtherSettings(), {"bench", ""})) return state.SkipWithError("no save");
    world.signing->WaitUntilSigned();
    if (!world.signing->Undo({"bench", ""})) return state.SkipWithError("no undo");
    world.signing->WaitUntilSigned();
  }
  const auto [longest, median] = crashes.End();
  state.counters["longest_add_ms"] = longest;
  state.counters["median_add_ms"] = median;
}
BENCHMARK(SignsHistoryAgain)
    ->Unit(benchmark::kMillisecond)
    ->Iterations(1)
    ->UseRealTime()
    ->MeasureProcessCPUTime();

// The symbols of one of forty modules come, which is on nearly every stack.
void HealsAModule(benchmark::State& state) {
  World& world = TheWorld();
  ComingIn crashes(*world.signing);
  HealProgress healed;
  std::uint64_t round = 0;
  const HealOrder order{
      .debug_id = FrameOf(1, 0).debug_id, .name = [&](std::span<const search::StackFrame> addresses) {
        std::vector<search::StackFrame> named(addresses.begin(), addresses.end());
        for (search::StackFrame& frame : named) {
          frame.names = {{"late::Function" + std::to_string(frame.module_offset / 64 + round), "late.cc", 1}};
        }
        return base::Result<std::vector<search::StackFrame>>(std::move(named));
      }};
  for (auto _ : state) {
    ++round;
    const auto done = Heal(*world.signing, *world.index, order);
    if (!done) return state.SkipWithError("not healed");
    healed = *done;
  }
  const auto [longest, median] = crashes.End();
  state.counters["longest_add_ms"] = longest;
  state.counters["median_add_ms"] = median;
  state.counters["addresses"] = static_cast<double>(healed.addresses);
  state.counters["inputs"] = static_cast<double>(healed.inputs);
  state.counters["changed"] = static_cast<double>(healed.changed);
}
BENCHMARK(HealsAModule)->Unit(benchmark::kMillisecond)->Iterations(2)->UseRealTime()->MeasureProcessCPUTime();

}  // namespace
}  // namespace cairn::signing

BENCHMARK_MAIN();
