// How requests for names went, counted.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "server/metrics/metrics.h"

namespace cairn::symbolication {

// The kinds of analysis/symbolication's Refusal, and its answer that would be too large.
inline constexpr std::array<std::string_view, 6> kRefusals = {
    "bad_json", "too_many_jobs", "invalid_jobs", "invalid_modules", "invalid_stacks", "too_large"};

struct SymbolicationMetrics {
  metrics::Counter v4;  // Requests that were answered.
  metrics::Counter v5;
  std::array<metrics::Counter, kRefusals.size()> refused;  // In the order of the words.
  metrics::Counter stacks;
  metrics::Counter frames;
  metrics::Counter modules_found;
  metrics::Counter modules_missing;
  metrics::DurationHistogram seconds{metrics::kRequestBounds_s};  // From the body to the answer's text.

  void CountRefused(std::string_view kind) {
    const auto found = std::ranges::find(kRefusals, kind);
    if (found != kRefusals.end()) refused[static_cast<std::size_t>(found - kRefusals.begin())].Add();
  }
};

}  // namespace cairn::symbolication
