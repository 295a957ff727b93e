// TextFields takes blank-separated fields off a line, in order, and remembers the first that could not be
// read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cairn::symfile {

class TextFields {
 public:
  explicit TextFields(std::string_view line) : rest_(line) {}

  // Up to 16 hexadecimal digits without a prefix; 0 and ok() false for anything else.
  std::uint64_t TakeHex() {
    SkipBlanks();
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && !IsBlank(rest_[digits]); ++digits) {
      const int digit = HexDigit(rest_[digits]);
      if (digit < 0 || value >> 60 != 0) return Fail();
      value = value << 4 | static_cast<std::uint64_t>(digit);
    }
    return Finish(digits, value);
  }

  // Decimal digits; a value beyond 64 bits fails.
  std::uint64_t TakeDecimal() {
    SkipBlanks();
    std::uint64_t value = 0;
    std::size_t digits = 0;
    for (; digits < rest_.size() && !IsBlank(rest_[digits]); ++digits) {
      const auto digit = static_cast<unsigned>(rest_[digits] - '0');
      if (digit > 9 || __builtin_mul_overflow(value, 10u, &value) ||
          __builtin_add_overflow(value, digit, &value)) {
        return Fail();
      }
    }
    return Finish(digits, value);
  }

  // Whether the next field is exactly `word`; takes it if so.
  bool TakeWord(std::string_view word) {
    SkipBlanks();
    if (!rest_.starts_with(word)) return false;
    if (rest_.size() > word.size() && !IsBlank(rest_[word.size()])) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  // The next field, empty at the end of the line.
  std::string_view TakeField() {
    SkipBlanks();
    std::size_t size = 0;
    while (size < rest_.size() && !IsBlank(rest_[size])) ++size;
    const std::string_view field = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return field;
  }

  // All that is left, without blanks in front.
  std::string_view Rest() {
    SkipBlanks();
    return rest_;
  }

  bool ok() const { return ok_; }

  static bool IsBlank(char c) { return c == ' ' || c == '\t'; }

  static std::size_t CountFields(std::string_view line) {
    std::size_t count = 0;
    bool after_blank = true;
    for (const char c : line) {
      const bool is_blank = IsBlank(c);
      count += static_cast<std::size_t>(after_blank && !is_blank);
      after_blank = is_blank;
    }
    return count;
  }

 private:
  // A table, because a third of all bytes of a symbol file are hexadecimal digits.
  static constexpr std::array<std::int8_t, 256> kHexDigits = [] {
    std::array<std::int8_t, 256> digits{};
    digits.fill(-1);
    for (std::size_t i = 0; i < 10; ++i) digits['0' + i] = static_cast<std::int8_t>(i);
    for (std::size_t i = 0; i < 6; ++i) {
      digits['a' + i] = static_cast<std::int8_t>(10 + i);
      digits['A' + i] = static_cast<std::int8_t>(10 + i);
    }
    return digits;
  }();

  static int HexDigit(char c) { return kHexDigits[static_cast<unsigned char>(c)]; }

  void SkipBlanks() {
    while (!rest_.empty() && IsBlank(rest_.front())) rest_.remove_prefix(1);
  }

  std::uint64_t Fail() {
    ok_ = false;
    return 0;
  }

  std::uint64_t Finish(std::size_t digits, std::uint64_t value) {
    if (digits == 0) return Fail();
    rest_.remove_prefix(digits);
    return value;
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace cairn::symfile
