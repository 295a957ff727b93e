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

#include "server/intake/sha256.h"

namespace cairn::intake {

// The digit of a crash id that says how the report was taken in.
inline constexpr char kAcceptedDigit = '0';
inline constexpr char kDeferredDigit = '1';
inline constexpr char kFakedDigit = '3';  // Nothing was kept.

std::string MakeCrashId(std::int64_t unix_millis, char digit = kAcceptedDigit);
// The same each time for the same digest and day: a report that is sent twice gets one id.
std::string CrashIdOf(const Sha256Digest& digest, std::int64_t unix_millis, char digit);

// Whether `crash_id` says that it was deferred: such a report is processed only when somebody asks.
bool IsDeferred(std::string_view crash_id);
// Whether a submitter that we trust may give a report this id: the form, and accepted or deferred.
bool IsAssignableCrashId(std::string_view crash_id);

// "20261122" of Unix time.
std::string DayOf(std::int64_t unix_millis);
// When the day "20261122" begins, in Unix milliseconds; nothing if it is none.
std::optional<std::int64_t> StartOfDay(std::string_view day);

// The day, "20261122", that a crash id carries; nothing if `crash_id` has not the form.
std::optional<std::string> DayOfCrashId(std::string_view crash_id);

}  // namespace cairn::intake
