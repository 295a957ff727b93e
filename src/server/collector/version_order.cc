#include "server/collector/version_order.h"

#include <algorithm>
#include <cctype>
#include <string>

namespace cairn::collector {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes a number off the front, as digits without zeros in front: it may have any length.
std::string_view TakeNumber(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() && IsDigit(text[end])) ++end;
  std::string_view digits = text.substr(0, end);
  text.remove_prefix(end);
  while (!digits.empty() && digits.front() == '0') digits.remove_prefix(1);
  return digits;
}

std::weak_ordering CompareNumbers(std::string_view a, std::string_view b) {
  return a.size() != b.size() ? a.size() <=> b.size() : a.compare(b) <=> 0;
}

// Takes letters and what stands between them and the next number.
std::string TakeLetters(std::string_view& text) {
  std::string letters;
  while (!text.empty() && !IsDigit(text.front()) && text.front() != '.') {
    const auto c = static_cast<unsigned char>(text.front());
    if (std::isalpha(c) != 0) letters += static_cast<char>(std::tolower(c));
    text.remove_prefix(1);
  }
  return letters == "esr" ? "" : letters;
}

}  // namespace

std::weak_ordering CompareVersions(std::string_view a, std::string_view b) {
  a = a.substr(0, a.find('+'));
  b = b.substr(0, b.find('+'));
  while (!a.empty() || !b.empty()) {
    const std::weak_ordering numbers = CompareNumbers(TakeNumber(a), TakeNumber(b));
    if (numbers != 0) return numbers;
    const std::string a_letters = TakeLetters(a);
    const std::string b_letters = TakeLetters(b);
    // None is the release itself, and comes last.
    if (a_letters.empty() != b_letters.empty()) {
      return a_letters.empty() ? std::weak_ordering::greater : std::weak_ordering::less;
    }
    if (a_letters != b_letters) return a_letters.compare(b_letters) <=> 0;
    if (a.starts_with('.')) a.remove_prefix(1);
    if (b.starts_with('.')) b.remove_prefix(1);
  }
  return std::weak_ordering::equivalent;
}

}  // namespace cairn::collector
