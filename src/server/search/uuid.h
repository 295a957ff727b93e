// Uuid is the id of a crash as a number: half the size of its text, and quick to compare.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::search {

struct Uuid {
  std::uint64_t upper = 0;  // The first 16 digits.
  std::uint64_t lower = 0;

  friend constexpr auto operator<=>(const Uuid&, const Uuid&) = default;
};

// Of "0d4f8a3c-0000-4000-8000-000000261122" in either letter case; nothing if it is not 8-4-4-4-12 hex
// digits.
std::optional<Uuid> ParseUuid(std::string_view text);

// For hashed containers. Most ids are random, but a client may send what it likes.
struct UuidHash {
  std::size_t operator()(const Uuid& uuid) const {
    constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15;  // 2^64 / golden ratio: spreads near numbers far.
    const std::uint64_t mixed = (uuid.upper ^ (uuid.lower >> 32)) * kOdd + uuid.lower;
    return static_cast<std::size_t>((mixed ^ (mixed >> 29)) * kOdd);
  }
};

}  // namespace cairn::search
