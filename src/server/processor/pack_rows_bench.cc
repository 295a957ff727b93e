// What one ping of a pack costs whose stack was named before: unpacking, reading, its row.
#include <benchmark/benchmark.h>

#include <string>

#include "os/clock.h"
#include "server/processor/pack_rows.h"
#include "testing/gzip.h"
#include "testing/sample_ping.h"

namespace cairn::processor {
namespace {

intake::StoredPing Stored(const std::string& body) {
  return {.id = "00000000-0000-4000-8000-000000000001",
          .name_space = "telemetry",
          .doc_type = "crash",
          .submitted_ms = 1'777'629'600'000,
          .compressed = true,
          .body = body};
}

void BM_OpenPing(benchmark::State& state) {
  const intake::StoredPing stored = Stored(testing::Gzip(testing::SamplePing(0)));
  for (auto _ : state) benchmark::DoNotOptimize(OpenPing(stored, "pack"));
}
BENCHMARK(BM_OpenPing);

void BM_RowOfKnownStack(benchmark::State& state) {
  worker::WorkerProcess process({});  // It is not needed where all stacks are known.
  const worker::FindSymbols find;
  NamedStacks stacks;
  const registry::Registry registry = registry::Registry::BuiltIn();
  PackRows rows({process, find, stacks, registry});
  const intake::StoredPing stored = Stored(testing::Gzip(testing::SamplePing(0)));
  const OpenedPing opened = *OpenPing(stored, "pack");
  stacks.Put(KeyOfStack(opened.ping),
             search::MakeInput({.stack = search::MakeStack({}),
                                .more_stacks = {},
                                .platform = "Linux",
                                .reason = "SIGSEGV",
                                .annotations = {},
                                .signature = {"a signature", "a signature", ""}}),
             os::MonotonicMillis());
  for (auto _ : state) {
    if (!rows.Add(opened)) state.SkipWithError("the stack is not known");
    benchmark::DoNotOptimize(rows.TakeRows());
  }
}
BENCHMARK(BM_RowOfKnownStack);

}  // namespace
}  // namespace cairn::processor

BENCHMARK_MAIN();
