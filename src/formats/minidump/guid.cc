#include "formats/minidump/guid.h"

#include <algorithm>
#include <cstdint>

#include "base/hex.h"

namespace cairn::minidump {
namespace {

std::string ReadDigits(base::ByteReader& reader) {
  std::string text = base::ToHex(reader.Read<std::uint32_t>(), 8);
  text += base::ToHex(reader.Read<std::uint16_t>(), 4);
  text += base::ToHex(reader.Read<std::uint16_t>(), 4);
  for (int i = 0; i < 8; ++i) text += base::ToHex(reader.Read<std::uint8_t>(), 2);
  return text;
}

}  // namespace

std::string ReadGuid(base::ByteReader& reader) {
  std::string text = ReadDigits(reader);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

std::string ReadUuid(base::ByteReader& reader) {
  std::string text = ReadDigits(reader);
  for (const std::size_t at : {20u, 16u, 12u, 8u}) text.insert(at, 1, '-');
  return text;
}

}  // namespace cairn::minidump
