// What one answered request costs besides its answer: its numbers, and its line in the log.
#include <benchmark/benchmark.h>
#include <fcntl.h>

#include "apps/event_log.h"
#include "apps/server_metrics.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr http::AccessRecord kRecord = {"POST", "/submit/{namespace}/{*rest}", 200, 1'500, 0, 2'345};

void BM_CountRequest(benchmark::State& state) {
  static RequestMetrics requests({{"GET", "/x"}, {"POST", "/submit/{namespace}/{*rest}"}});
  for (auto _ : state) requests.Count(kRecord);
}
BENCHMARK(BM_CountRequest)->ThreadRange(1, 2);

void BM_LogRequest(benchmark::State& state) {
  static const os::FileDescriptor null(open("/dev/null", O_WRONLY | O_CLOEXEC));
  static EventLog text(null.get(), LogFormat::kText);
  static EventLog json(null.get(), LogFormat::kJson);
  EventLog& log = state.range(0) == 0 ? text : json;
  const std::uint64_t dropped = log.dropped_lines();
  for (auto _ : state) log.WriteRequest(kRecord);
  state.counters["dropped"] = static_cast<double>(log.dropped_lines() - dropped);
}
BENCHMARK(BM_LogRequest)->ArgName("json")->Arg(0)->Arg(1)->ThreadRange(1, 2);

}  // namespace
}  // namespace cairn::apps

BENCHMARK_MAIN();
