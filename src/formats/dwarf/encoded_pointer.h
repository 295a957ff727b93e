// Pointers as .eh_frame and .eh_frame_hdr encode them: one byte says how wide and relative to what.
//
// Source: Linux Standard Base Core 5.0, "DWARF Exception Header Encoding" (DW_EH_PE_*).
#pragma once

#include <cstdint>
#include <optional>

#include "base/byte_reader.h"

namespace cairn::dwarf {

inline constexpr std::uint8_t kPointerAbsolute = 0x00;  // As wide as an address of the CPU.
inline constexpr std::uint8_t kPointerOmitted = 0xff;

struct PointerContext {
  std::uint64_t section_address = 0;          // Link address of the first byte that the reader was made of.
  std::optional<std::uint64_t> data_address;  // What DW_EH_PE_datarel counts from, if that is known.
  int address_bytes = 8;                      // 4 or 8.
};

// The pointer at the reader's place, as a link address. Nothing for one that is omitted, indirect (the
// address lies in memory that is not at hand) or relative to what is not known; the reader has then failed or
// stands behind it.
std::optional<std::uint64_t> ReadEncodedPointer(base::ByteReader& reader, std::uint8_t encoding,
                                                const PointerContext& context);

// The number at the reader's place in an encoding's width, relative to nothing: the size of an FDE's range.
std::uint64_t ReadEncodedNumber(base::ByteReader& reader, std::uint8_t encoding, int address_bytes);

}  // namespace cairn::dwarf
