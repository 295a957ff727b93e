// What a load test measured, for people and as JSON.
#pragma once

#include <cstdint>
#include <vector>

#include "apps/replay_load.h"

namespace cairn::apps {

struct LoadSummary {
  LoadOptions options;
  LoadResult result;
  double preparing_cpu_seconds = 0;  // Until the first request.
  std::size_t population_bytes = 0;
};

// On standard output.
void PrintSummary(LoadSummary summary, bool as_json);

// The smallest of the sorted values below or at which that share of them is; 0 if there are none.
std::uint32_t PercentileOf(const std::vector<std::uint32_t>& sorted, double share);

// User and system time so far.
double CpuSecondsOfProcess();

}  // namespace cairn::apps
