// The intervals of histograms of dates that are all of one length.
#pragma once

#include <cstdint>
#include <optional>

#include "server/search/query.h"
#include "server/search/week.h"

namespace cairn::search {

struct DateIntervals {
  std::int64_t length_ms = 0;
  std::int64_t shift_ms = 0;  // One begins that long before 1970.
};

// Nothing of months. Weeks begin on Monday, and 1970 began on a Thursday.
constexpr std::optional<DateIntervals> IntervalsOf(DateStep step) {
  switch (step) {
    case DateStep::kMinute: return DateIntervals{60'000, 0};
    case DateStep::kHour: return DateIntervals{3'600'000, 0};
    case DateStep::kDay: return DateIntervals{kDayMs, 0};
    case DateStep::kWeek: return DateIntervals{kWeekMs, 3 * kDayMs};
    default: return std::nullopt;
  }
}

}  // namespace cairn::search
