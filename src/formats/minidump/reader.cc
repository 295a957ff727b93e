#include "formats/minidump/reader.h"

#include <algorithm>

namespace cairn::minidump {
namespace {

constexpr std::uint32_t kReplacement = 0xfffd;

void AppendUtf8(std::string& text, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xc0 | point >> 6);
    put(0x80 | (point & 0x3f));
  } else if (point < 0x10000) {
    put(0xe0 | point >> 12);
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  } else {
    put(0xf0 | point >> 18);
    put(0x80 | (point >> 12 & 0x3f));
    put(0x80 | (point >> 6 & 0x3f));
    put(0x80 | (point & 0x3f));
  }
}

bool IsHighSurrogate(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool IsLowSurrogate(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

}  // namespace

Location ReadLocation(base::ByteReader& reader) {
  Location location;
  location.size = reader.Read<std::uint32_t>();
  location.rva = reader.Read<std::uint32_t>();
  return location;
}

base::Result<Minidump> Minidump::Open(base::Bytes bytes, model::Diagnostics& diagnostics) {
  if (bytes.size() < sizeof(std::uint32_t)) return base::Error{base::Code::kTruncated, 0, "minidump header"};
  std::endian order = std::endian::little;
  if (base::ByteReader(bytes, order).Read<std::uint32_t>() != wire::kMinidumpSignature)
    order = std::endian::big;
  base::ByteReader header(bytes, order);
  if (header.Read<std::uint32_t>() != wire::kMinidumpSignature) {
    return base::Error{base::Code::kBadMagic, 0, "minidump signature"};
  }
  const auto version =
      static_cast<std::uint16_t>(header.Read<std::uint32_t>());  // The high half is the writer's.
  std::uint32_t stream_count = header.Read<std::uint32_t>();
  const auto directory_rva = header.Read<std::uint32_t>();
  header.Skip(sizeof(std::uint32_t));  // Checksum; nobody fills it.
  Minidump dump(bytes, order);
  dump.time_s_ = header.Read<std::uint32_t>();
  header.Skip(sizeof(std::uint64_t));  // Flags.
  if (!header.ok()) return base::Error{base::Code::kTruncated, bytes.size(), "minidump header"};
  if (version != wire::kMinidumpVersion) return base::Error{base::Code::kBadValue, 4, "minidump version"};

  base::ByteReader directory(bytes, order);
  directory.Seek(directory_rva);
  if (!directory.ok() || (stream_count != 0 && directory.remaining() < wire::kDirectoryEntrySize)) {
    return base::Error{base::Code::kTruncated, directory_rva, "minidump directory"};
  }
  if (stream_count > kMaxStreams) {
    diagnostics.Add(model::Stage::kMinidump, {base::Code::kLimitExceeded, 8, "number of streams"});
    stream_count = kMaxStreams;
  }
  for (std::uint32_t i = 0; i < stream_count; ++i) {
    const std::size_t entry_offset = directory.offset();
    const auto type = directory.Read<std::uint32_t>();
    const Location location = ReadLocation(directory);
    if (!directory.ok()) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kTruncated, entry_offset, "minidump directory"});
      break;
    }
    if (type == static_cast<std::uint32_t>(wire::StreamType::kUnused) || location.size == 0) continue;
    if (location.rva >= bytes.size()) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kTruncated, entry_offset, "stream outside the file"});
      continue;
    }
    const std::size_t there = std::min<std::size_t>(location.size, bytes.size() - location.rva);
    if (there < location.size) {
      diagnostics.Add(model::Stage::kMinidump,
                      {base::Code::kTruncated, entry_offset, "stream cut by the file's end"});
    }
    if (dump.Stream(static_cast<wire::StreamType>(type))) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, entry_offset, "stream occurs twice"});
    }
    dump.entries_.push_back({type, location, bytes.subspan(location.rva, there)});
  }
  return dump;
}

std::optional<base::Bytes> Minidump::Stream(wire::StreamType type) const {
  const auto found = std::ranges::find(entries_.rbegin(), entries_.rend(), static_cast<std::uint32_t>(type),
                                       &StreamEntry::type);
  if (found == entries_.rend()) return std::nullopt;
  return found->bytes;
}

std::optional<base::Bytes> Minidump::At(Location location) const {
  if (location.size == 0) return std::nullopt;
  return base::Slice(bytes_, location.rva, location.size);
}

std::optional<base::Bytes> Minidump::From(std::uint64_t rva) const {
  if (rva >= bytes_.size()) return std::nullopt;
  return bytes_.subspan(static_cast<std::size_t>(rva));
}

std::optional<base::Bytes> Minidump::CountedAt(std::uint64_t rva, std::uint32_t max_bytes) const {
  const std::optional<base::Bytes> rest = From(rva);
  if (rva == 0 || !rest) return std::nullopt;
  base::ByteReader reader = Reader(*rest);
  const auto size = reader.Read<std::uint32_t>();
  if (size > max_bytes) return std::nullopt;
  const base::Bytes bytes = reader.ReadBytes(size);
  if (!reader.ok()) return std::nullopt;
  return bytes;
}

std::optional<std::string> Minidump::Utf16At(std::uint64_t rva, std::uint32_t max_bytes) const {
  const std::optional<base::Bytes> text = CountedAt(rva, max_bytes);
  if (!text) return std::nullopt;
  return Utf16ToUtf8(*text, order_);
}

std::optional<std::string> Minidump::Utf8At(std::uint64_t rva) const {
  const std::optional<base::Bytes> text = CountedAt(rva, kMaxTextBytes);
  if (!text) return std::nullopt;
  return std::string(base::AsText(*text));
}

std::string Utf16ToUtf8(base::Bytes bytes, std::endian order) {
  std::string text;
  text.reserve(bytes.size() / sizeof(std::uint16_t));
  base::ByteReader reader(bytes, order);
  std::uint32_t high = 0;  // A high surrogate that waits for its low one.
  while (reader.remaining() >= sizeof(std::uint16_t)) {
    const std::uint32_t unit = reader.Read<std::uint16_t>();
    if (unit == 0) break;
    if (high != 0 && IsLowSurrogate(unit)) {
      AppendUtf8(text, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
      continue;
    }
    if (high != 0) AppendUtf8(text, kReplacement);
    high = IsHighSurrogate(unit) ? unit : 0;
    if (high == 0) AppendUtf8(text, IsLowSurrogate(unit) ? kReplacement : unit);
  }
  if (high != 0) AppendUtf8(text, kReplacement);
  return text;
}

}  // namespace cairn::minidump
