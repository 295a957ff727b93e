#include "server/intake/record.h"

#include <zlib.h>

#include <cstdint>

namespace cairn::intake {
namespace {

std::uint32_t Checksum(std::string_view record) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): zlib's idea of bytes.
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(record.data()), static_cast<uInt>(record.size())));
}

void PutU32(std::uint32_t value, char* at) {
  for (int i = 0; i < 4; ++i) at[i] = static_cast<char>(value >> (8 * i) & 0xff);
}

std::uint32_t GetU32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    value |= static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

}  // namespace

std::array<char, kRecordHeadBytes> RecordHead(std::string_view record) {
  std::array<char, kRecordHeadBytes> head{};
  PutU32(static_cast<std::uint32_t>(record.size()), head.data());
  PutU32(Checksum(record), head.data() + 4);
  return head;
}

std::optional<std::string_view> FirstRecord(std::string_view bytes) {
  if (bytes.size() < kRecordHeadBytes) return std::nullopt;
  const std::size_t length = GetU32(bytes, 0);
  if (length == 0 || length > kMaxRecordBytes || bytes.size() - kRecordHeadBytes < length)
    return std::nullopt;
  const std::string_view record = bytes.substr(kRecordHeadBytes, length);
  if (Checksum(record) != GetU32(bytes, 4)) return std::nullopt;
  return record;
}

}  // namespace cairn::intake
