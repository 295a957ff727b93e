// The wall clock and a clock that only goes forward.
#pragma once

#include <cstdint>
#include <string>

namespace cairn::os {

std::int64_t UnixMillis();
std::int64_t MonotonicMillis();
std::int64_t MonotonicMicros();

// "2026-05-01T10:00:00.000Z": UTC, always three digits behind the point.
std::string FormatIso(std::int64_t unix_millis);

}  // namespace cairn::os
