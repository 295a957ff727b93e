#include "server/search/uuid.h"

namespace cairn::search {
namespace {

constexpr std::size_t kTextLength = 36;

constexpr bool IsDashPlace(std::size_t place) {
  return place == 8 || place == 13 || place == 18 || place == 23;
}

// The digit's value, or 16.
constexpr unsigned DigitOf(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
  return 16;
}

}  // namespace

std::optional<Uuid> ParseUuid(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  Uuid uuid;
  for (std::size_t i = 0; i < kTextLength; ++i) {
    if (IsDashPlace(i)) {
      if (text[i] != '-') return std::nullopt;
      continue;
    }
    const unsigned digit = DigitOf(text[i]);
    if (digit > 15) return std::nullopt;
    uuid.upper = (uuid.upper << 4) | (uuid.lower >> 60);
    uuid.lower = (uuid.lower << 4) | digit;
  }
  return uuid;
}

}  // namespace cairn::search
