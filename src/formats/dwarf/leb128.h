// LEB128 numbers out of untrusted bytes; DWARF 5 section 7.6.
#pragma once

#include <cstdint>

#include "base/byte_reader.h"

namespace cairn::dwarf {

// Bits beyond 64 are dropped, as all readers do: padding with redundant bytes is legal.
inline std::uint64_t ReadUnsignedLeb128(base::ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = reader.Read<std::uint8_t>();
    if (shift < 64) value |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return value;
  }
}

inline std::int64_t ReadSignedLeb128(base::ByteReader& reader) {
  std::uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = reader.Read<std::uint8_t>();
    if (shift < 64) value |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) != 0) continue;
    if ((byte & 0x40) != 0 && shift + 7 < 64) value |= ~std::uint64_t{0} << (shift + 7);
    return static_cast<std::int64_t>(value);
  }
}

}  // namespace cairn::dwarf
