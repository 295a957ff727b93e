// Dates and times of ISO 8601 as text, to Unix time. All in the proleptic Gregorian calendar.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::base {

// The days from 1970-01-01 to a date whose month and day are in range; negative before.
std::int64_t DaysFromCivil(std::int64_t year, std::int64_t month, std::int64_t day);

// Unix time in milliseconds of "2026-11-22", "2026-11-22T10:30", "2026-11-22T10:30:05" or
// "2026-11-22T10:30:05.123456", each with a blank in place of the T, and behind a time "Z" or "+01:00";
// without those it is UTC. What is finer than a millisecond is cut off. Nothing for any other text, or a date
// that does not exist.
std::optional<std::int64_t> ParseIso(std::string_view text);

}  // namespace cairn::base
