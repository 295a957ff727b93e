#include "formats/symfile/text_encoding.h"

#include <cstdint>
#include <string_view>

namespace cairn::symfile {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;
constexpr std::uint16_t kByteOrderMark = 0xfeff;

bool IsHighSurrogate(std::uint16_t unit) { return unit >> 10 == 0xd800 >> 10; }
bool IsLowSurrogate(std::uint16_t unit) { return unit >> 10 == 0xdc00 >> 10; }

void AppendUtf8(std::vector<std::byte>& text, std::uint32_t character) {
  const auto put = [&](std::uint32_t byte) { text.push_back(static_cast<std::byte>(byte)); };
  if (character < 0x80) return put(character);
  if (character < 0x800) {
    put(0xc0 | character >> 6);
  } else {
    if (character < 0x10000) {
      put(0xe0 | character >> 12);
    } else {
      put(0xf0 | character >> 18);
      put(0x80 | (character >> 12 & 0x3f));
    }
    put(0x80 | (character >> 6 & 0x3f));
  }
  put(0x80 | (character & 0x3f));
}

}  // namespace

std::optional<std::endian> FindUtf16Order(base::Bytes bytes) {
  using namespace std::string_view_literals;
  const std::string_view text = base::AsText(bytes);
  if (text.starts_with("\xff\xfe"sv) || text.starts_with("M\0O\0D\0U\0L\0E\0"sv)) return std::endian::little;
  if (text.starts_with("\xfe\xff"sv) || text.starts_with("\0M\0O\0D\0U\0L\0E"sv)) return std::endian::big;
  return std::nullopt;
}

std::vector<std::byte> DecodeUtf16(base::Bytes bytes, std::endian order) {
  std::vector<std::byte> text;
  text.reserve(bytes.size() / 2 + bytes.size() / 32);  // Nearly all of a symbol file is ASCII.
  base::ByteReader reader(bytes, order);
  const auto read = [&] { return reader.Read<std::uint16_t>(); };
  while (reader.remaining() >= sizeof(std::uint16_t)) {
    const bool is_first = reader.offset() == 0;
    const std::uint16_t unit = read();
    if (is_first && unit == kByteOrderMark) continue;
    std::uint32_t character = unit;
    if (IsHighSurrogate(unit) || IsLowSurrogate(unit)) {
      character = kReplacement;
      base::ByteReader ahead = reader;
      const auto low = ahead.Read<std::uint16_t>();
      if (IsHighSurrogate(unit) && ahead.ok() && IsLowSurrogate(low)) {
        character = 0x10000 + ((unit & 0x3ffu) << 10 | (low & 0x3ffu));
        reader = ahead;
      }
    }
    AppendUtf8(text, character);
  }
  return text;
}

}  // namespace cairn::symfile
