// How pings lie one behind the other, in the files of the spool and in packs.
//
// A record: length (32 bits) and CRC-32 of what follows, little endian, then the bytes. None is empty: a file
// system may leave zeros where a power cut ended a write.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace cairn::intake {

inline constexpr std::size_t kRecordHeadBytes = 8;
inline constexpr std::size_t kMaxRecordBytes = 2 << 20;  // A ping's body has 1 MiB at most.

// What stands before `record`, which has 1 to kMaxRecordBytes bytes.
std::array<char, kRecordHeadBytes> RecordHead(std::string_view record);

// The record at the beginning of `bytes`, without its head; nothing if there is no whole one whose checksum
// holds.
std::optional<std::string_view> FirstRecord(std::string_view bytes);

}  // namespace cairn::intake
