#include "server/intake/crash_id.h"

#include <algorithm>
#include <chrono>

#include "os/clock.h"
#include "os/random.h"

namespace cairn::intake {
namespace {

constexpr std::size_t kDigitPlace = 29;
constexpr std::size_t kIdLength = 36;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLowerHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string MakeCrashId(std::int64_t unix_millis, char digit) {
  return os::RandomUuid().substr(0, kDigitPlace) + digit + DayOf(unix_millis).substr(2);
}

std::string CrashIdOf(const Sha256Digest& digest, std::int64_t unix_millis, char digit) {
  std::string id = os::UuidOf(std::span(digest).first<16>());
  return id.substr(0, kDigitPlace) + digit + DayOf(unix_millis).substr(2);
}

bool IsDeferred(std::string_view crash_id) {
  return DayOfCrashId(crash_id).has_value() && crash_id[kDigitPlace] == kDeferredDigit;
}

bool IsAssignableCrashId(std::string_view crash_id) {
  return DayOfCrashId(crash_id).has_value() &&
         (crash_id[kDigitPlace] == kAcceptedDigit || crash_id[kDigitPlace] == kDeferredDigit);
}

std::string DayOf(std::int64_t unix_millis) {
  std::string day = os::FormatIso(unix_millis).substr(0, 10);
  std::erase(day, '-');
  return day;
}

std::optional<std::int64_t> StartOfDay(std::string_view day) {
  if (day.size() != 8 || !std::ranges::all_of(day, IsDigit)) return std::nullopt;
  const auto number = [&](std::size_t at, std::size_t length) {
    int value = 0;
    for (const char c : day.substr(at, length)) value = 10 * value + (c - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(4, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(6, 2)))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::milliseconds(std::chrono::sys_days(date).time_since_epoch()).count();
}

std::optional<std::string> DayOfCrashId(std::string_view crash_id) {
  if (crash_id.size() != kIdLength) return std::nullopt;
  for (std::size_t i = 0; i < kIdLength; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    const bool right = dash                ? crash_id[i] == '-'
                       : i < kIdLength - 6 ? IsLowerHex(crash_id[i])
                                           : IsDigit(crash_id[i]);
    if (!right) return std::nullopt;
  }
  return "20" + std::string(crash_id.substr(kIdLength - 6));
}

}  // namespace cairn::intake
