// What one ping costs behind the answer: reading it (unpacking, parsing, schema, facts), and folding it in.
#include <benchmark/benchmark.h>

#include <string>

#include "server/pings/edge_for_test.h"
#include "testing/gzip.h"
#include "testing/sample_ping.h"

namespace cairn::pings {
namespace {

void BM_ReadSubmission(benchmark::State& state) {
  const ping::SchemaSet schemas = ping::SchemaSet::BuiltIn();
  const std::string json = testing::SamplePing(0);
  const bool is_packed = state.range(0) != 0;
  const intake::StoredPing ping{.id = MadeId(1),
                                .name_space = "telemetry",
                                .doc_type = "crash",
                                .body = is_packed ? testing::Gzip(json) : json};
  simdjson::dom::parser parser;
  for (auto _ : state) {
    const Reading reading = ReadSubmission(ping, schemas, parser);
    if (reading.rejection) state.SkipWithError("the ping was refused");
    benchmark::DoNotOptimize(reading);
  }
  state.counters["json_bytes"] = static_cast<double>(json.size());
}
BENCHMARK(BM_ReadSubmission)->ArgName("gzip")->Arg(0)->Arg(1);

// Of pings that wait in the spool, into a ledger on the disk; whoever processes them is left out.
void BM_FoldIn(benchmark::State& state) {
  const std::string packed = testing::Gzip(testing::SamplePing(0));
  int number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    EdgeForTest edge;
    for (std::int64_t i = 0; i < state.range(0); ++i) {
      if (!edge.spool->Append(Submission(number++, "crash", packed)))
        state.SkipWithError("the spool is full");
    }
    state.ResumeTiming();
    while (*FoldOnce(edge.Parts()) != Folded::kNothing) {
    }
    state.PauseTiming();
    if (edge.accepted.ids.size() != static_cast<std::size_t>(state.range(0)))
      state.SkipWithError("pings were lost");
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_FoldIn)->RangeMultiplier(2)->Range(250, 1000)->Iterations(2)->Unit(benchmark::kMillisecond);

// Likewise of pings that tell of usage, each of a client of its own: range(0) pings of range(1) kinds of
// usage, with the hand-over; whoever takes the sums is left out.
void BM_FoldInUsage(benchmark::State& state) {
  int number = 0;
  for (auto _ : state) {
    state.PauseTiming();
    EdgeForTest edge;
    for (std::int64_t i = 0; i < state.range(0); ++i, ++number) {
      std::string json = MainJson(60, "client " + std::to_string(number));
      json.insert(json.find(R"("name")"), R"("buildId":")" + std::to_string(i % state.range(1)) + R"(",)");
      if (!edge.spool->Append(Submission(number, "main", json))) state.SkipWithError("the spool is full");
    }
    state.ResumeTiming();
    while (*FoldOnce(edge.Parts()) != Folded::kNothing) {
    }
    std::int64_t clients = 0;
    const base::Status taken =
        edge.ledger->HandOver([&](std::span<const stats::NumberedAggregate> sums) -> base::Status {
          for (const stats::NumberedAggregate& sum : sums) clients += sum.aggregate.measures.clients;
          return {};
        });
    state.PauseTiming();
    if (!taken || clients != state.range(0)) state.SkipWithError("clients were lost");
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(BM_FoldInUsage)
    ->ArgNames({"pings", "kinds"})
    ->Args({1'000, 1})
    ->Args({1'000, 500})
    ->Args({2'000, 500})
    ->Args({4'000, 500})
    ->Iterations(2)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace cairn::pings

BENCHMARK_MAIN();
