#include "base/iso_time.h"

#include <array>

#include "base/time_units.h"

namespace cairn::base {
namespace {

constexpr std::int64_t kMinuteMs = 60'000;

// Takes pieces off the front of a text; once one is missing, ok() is false for good.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  // Exactly `digits` digits, of a value from `low` to `high`.
  std::int64_t Number(std::size_t digits, std::int64_t low, std::int64_t high) {
    std::int64_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) value = value * 10 + Digit();
    ok_ = ok_ && value >= low && value <= high;
    return value;
  }

  bool Take(std::string_view any_of) {
    if (text_.empty() || any_of.find(text_.front()) == std::string_view::npos) return false;
    text_.remove_prefix(1);
    return true;
  }
  void Expect(std::string_view any_of) { ok_ = Take(any_of) && ok_; }

  // ".123456" as 123; nothing is 0.
  std::int64_t Milliseconds() {
    if (!Take(".")) return 0;
    std::int64_t value = Digit() * 100;
    for (std::int64_t place = 10; NextIsDigit(); place /= 10) value += Digit() * place;
    return value;
  }

  bool at_end() const { return text_.empty(); }
  bool ok() const { return ok_; }

 private:
  bool NextIsDigit() const { return !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; }

  std::int64_t Digit() {
    if (!NextIsDigit()) {
      ok_ = false;
      return 0;
    }
    const char digit = text_.front();
    text_.remove_prefix(1);
    return digit - '0';
  }

  std::string_view text_;
  bool ok_ = true;
};

std::int64_t DaysInMonth(std::int64_t year, std::int64_t month) {
  constexpr std::array<std::int64_t, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

// "Z", "+01:00", "-05:30" or nothing: what has to be added to the time to make it UTC.
std::int64_t ZoneMs(Scanner& scanner) {
  if (scanner.at_end() || scanner.Take("Z")) return 0;
  const bool east = scanner.Take("+");
  if (!east) scanner.Expect("-");
  const std::int64_t hours = scanner.Number(2, 0, 23);
  scanner.Take(":");
  const std::int64_t offset_ms = (hours * 60 + scanner.Number(2, 0, 59)) * kMinuteMs;
  return east ? -offset_ms : offset_ms;
}

}  // namespace

// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in March, eras have 400 years.
std::int64_t DaysFromCivil(std::int64_t year, std::int64_t month, std::int64_t day) {
  const std::int64_t march_year = month <= 2 ? year - 1 : year;
  const std::int64_t era = (march_year >= 0 ? march_year : march_year - 399) / 400;
  const std::int64_t year_of_era = march_year - era * 400;
  const std::int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const std::int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return era * 146'097 + day_of_era - 719'468;
}

std::optional<std::int64_t> ParseIso(std::string_view text) {
  Scanner scanner(text);
  const std::int64_t year = scanner.Number(4, 1, 9999);
  scanner.Expect("-");
  const std::int64_t month = scanner.Number(2, 1, 12);
  scanner.Expect("-");
  const std::int64_t day = scanner.Number(2, 1, 31);
  if (!scanner.ok() || day > DaysInMonth(year, month)) return std::nullopt;
  std::int64_t time_ms = DaysFromCivil(year, month, day) * kDayMs;
  if (scanner.at_end()) return time_ms;

  scanner.Expect("T ");
  const std::int64_t hour = scanner.Number(2, 0, 23);
  scanner.Expect(":");
  const std::int64_t minute = scanner.Number(2, 0, 59);
  time_ms += (hour * 60 + minute) * kMinuteMs;
  if (scanner.Take(":")) {
    time_ms += scanner.Number(2, 0, 59) * 1000;
    time_ms += scanner.Milliseconds();
  }
  time_ms += ZoneMs(scanner);
  if (!scanner.ok() || !scanner.at_end()) return std::nullopt;
  return time_ms;
}

}  // namespace cairn::base
