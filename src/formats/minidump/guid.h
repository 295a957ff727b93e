// GUIDs: a u32, two u16 and 8 bytes; the numbers are of the file's byte order.
#pragma once

#include <cstddef>
#include <string>

#include "base/byte_reader.h"

namespace cairn::minidump {

inline constexpr std::size_t kGuidBytes = 16;

// 32 upper-case digits, as in debug ids.
std::string ReadGuid(base::ByteReader& reader);

// "01234567-89ab-cdef-0123-456789abcdef".
std::string ReadUuid(base::ByteReader& reader);

}  // namespace cairn::minidump
