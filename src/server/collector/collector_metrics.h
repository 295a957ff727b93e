// How submissions ended, counted.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

#include "server/metrics/metrics.h"

namespace cairn::collector {

// The words behind "Discarded=malformed_".
inline constexpr std::array<std::string_view, 11> kMalformations = {
    "no_content_type",   "wrong_content_type", "no_boundary",
    "no_content_length", "bad_gzip",           "invalid_payload_structure",
    "invalid_json",      "invalid_json_value", "invalid_dump_name",
    "no_annotations",    "invalid_uuid"};

struct CollectorMetrics {
  metrics::Counter accepted;
  metrics::Counter deferred;
  metrics::Counter rejected;                                      // By a rule; the client hears which.
  metrics::Counter fake_accepted;                                 // By a rule; the client hears an id.
  metrics::Counter unauthorized;                                  // It named an id and may not.
  metrics::Counter too_large;                                     // Inflated, or its annotations.
  metrics::Counter not_stored;                                    // Own trouble: the client is to try again.
  std::array<metrics::Counter, kMalformations.size()> malformed;  // In the order of the words.

  void CountMalformed(std::string_view word) {
    const auto found = std::ranges::find(kMalformations, word);
    if (found != kMalformations.end())
      malformed[static_cast<std::size_t>(found - kMalformations.begin())].Add();
  }
};

}  // namespace cairn::collector
