// What became of pings, counted, and how folding in goes.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

#include "formats/ping/check_ping.h"
#include "server/metrics/metrics.h"
#include "server/pings/reading.h"

namespace cairn::pings {

// As in Ledger's counts; the last stands for what is not in the table.
inline constexpr std::array<std::string_view, 13> kPingOutcomes = {"crash",
                                                                   "usage",
                                                                   "duplicate",
                                                                   "duplicate_dump",
                                                                   "json_parse",
                                                                   "invalid_doc_type",
                                                                   "missing_version",
                                                                   "schema_not_found",
                                                                   "schema_validation",
                                                                   kInvalidUri,
                                                                   kPayloadTooLarge,
                                                                   kAutomation,
                                                                   "other"};

struct FoldInMetrics {
  std::array<metrics::Counter, kPingOutcomes.size()> pings;  // In the order of the outcomes.
  metrics::DurationHistogram batch_seconds{metrics::kWorkBounds_s};
  // By the monotonic clock, when folding in began to fail; 0: it works.
  std::atomic<std::int64_t> failing_since_ms = 0;

  void Count(std::string_view outcome, std::uint64_t count) {
    const auto last = kPingOutcomes.end() - 1;
    const auto found = std::find(kPingOutcomes.begin(), last, outcome);
    pings[static_cast<std::size_t>(found - kPingOutcomes.begin())].Add(count);
  }
};

}  // namespace cairn::pings
