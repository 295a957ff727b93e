// How long the units of time are that dates are counted in. Of days of UTC, which have no leap seconds here.
#pragma once

#include <cstdint>

namespace cairn::base {

inline constexpr std::int64_t kDayMs = 86'400'000;

}  // namespace cairn::base
