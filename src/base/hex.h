// Hexadecimal text to numbers and bytes, and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_reader.h"

namespace cairn::base {

// "1f" or "1F" to 31; no prefix, no sign, 1 to 16 digits, nothing else.
std::optional<std::uint64_t> ParseHex(std::string_view digits);

// 31 to "1f", padded on the left with zeros to `min_digits`.
std::string ToHex(std::uint64_t value, int min_digits = 1);

// 31 to "0x000000000000001f": how addresses stand in JSON. 32-bit CPUs use 8 digits.
std::string ToAddress(std::uint64_t value, int digits = 16);

// Bytes to lower-case digits, two a byte, in memory order; and back (even number of digits, either case).
std::string BytesToHex(Bytes bytes);
std::optional<std::vector<std::byte>> HexToBytes(std::string_view digits);

}  // namespace cairn::base
