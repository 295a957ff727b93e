// Crash ids: a random UUID whose last seven digits say how the crash was taken in and on which day.
//
// The form is Antenna's: 26 characters of a version 4 UUID and its dashes, then one digit for the throttle
// result (0: accepted) and the day of submission in UTC as YYMMDD. The "bp-" that clients see in front is
// decoration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cairn::intake {

std::string MakeCrashId(std::int64_t unix_millis);

// "20261122" of Unix time.
std::string DayOf(std::int64_t unix_millis);

// The day, "20261122", that a crash id carries; nothing if `crash_id` has not the form.
std::optional<std::string> DayOfCrashId(std::string_view crash_id);

}  // namespace cairn::intake
