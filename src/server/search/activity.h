// Sums of how much a product was used and how often it crashed, as pings tell it (analysis/stats): by five
// minutes for plots and error aggregates, by day for rates. Dimensions have the names and values of the
// fields of crashes, so that crashes can be divided by usage; error aggregates call platforms otherwise:
// stats::PlatformOf.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "analysis/stats/error_aggregates.h"
#include "server/search/deadline.h"
#include "server/search/query.h"
#include "server/search/value.h"

namespace cairn::search {

enum class ActivityDimension : std::uint8_t {
  kDay,     // As a whole number: its start in Unix milliseconds.
  kWindow,  // Likewise, of the five minutes.
  kProduct,
  kVersion,
  kDisplayVersion,
  kBuildId,
  kReleaseChannel,
  kPlatform,
  kPlatformVersion,
  kCpuArch,
  kCountry,
};

struct ActivityQuery {
  DateWindow window;  // Of the starts of five minutes.
  // All must hold. Not of kDay and kWindow, which `window` chooses; an empty text is what is unknown.
  std::vector<std::pair<ActivityDimension, std::string>> filters;
  std::vector<ActivityDimension> group_by;  // Empty: one sum of all.
  // Only of builds that were recent on the day, as error aggregates are (stats::IsBuildRecent).
  bool recent_builds_only = false;
  Deadline deadline = {};
};

struct ActivitySum {
  std::vector<Value> keys;  // In the order of group_by; unknown texts are absent.
  stats::Measures measures;
};

}  // namespace cairn::search
