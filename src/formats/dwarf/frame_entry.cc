#include "formats/dwarf/frame_entry.h"

#include <string_view>

#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

using base::ByteReader;
using base::Code;
using base::Error;

namespace {

constexpr std::uint32_t kLongLength = 0xffffffff;  // DWARF 5 section 7.4: a 64-bit length follows.

std::string_view ReadText(ByteReader& reader, base::Bytes section) {
  const std::string_view rest = base::AsText(section).substr(reader.offset(), reader.remaining());
  const std::size_t size = rest.find('\0');
  if (size == std::string_view::npos) {
    reader.Skip(reader.remaining() + 1);
    return {};
  }
  reader.Skip(size + 1);
  return rest.substr(0, size);
}

// Reads what the letters after "z" announce. False if a letter is not known: the letters behind it cannot be
// read.
bool ReadAugmentation(const FrameSection& section, std::string_view letters, ByteReader& reader,
                      CommonEntry& common) {
  for (const char letter : letters) {
    switch (letter) {
      case 'R': common.pointer_encoding = reader.Read<std::uint8_t>(); break;
      case 'L': reader.Skip(1); break;  // How FDEs point at their language's data; of no use here.
      case 'P': {                       // The personality routine; of no use, but its size must be known.
        const auto encoding = reader.Read<std::uint8_t>();
        if (encoding != kPointerOmitted)
          (void)ReadEncodedNumber(reader, encoding, section.pointers.address_bytes);
        break;
      }
      case 'S': common.signal_frame = true; break;
      case 'B':  // AArch64: return addresses are signed with key B.
      case 'G':  // AArch64: the frame is memory-tagged.
        break;
      default: return false;
    }
  }
  return true;
}

}  // namespace

ByteReader ReaderOf(const FrameSection& section, const SectionRange& range) {
  ByteReader reader(section.bytes.first(static_cast<std::size_t>(range.end)));
  reader.Seek(range.begin);
  return reader;
}

base::Result<EntryHeader> ReadEntryHeader(const FrameSection& section, std::uint64_t offset) {
  ByteReader reader(section.bytes);
  reader.Seek(offset);
  std::uint64_t length = reader.Read<std::uint32_t>();
  const bool is_long = length == kLongLength;
  if (is_long) length = reader.Read<std::uint64_t>();
  if (!reader.ok() || length > reader.remaining()) return Error{Code::kTruncated, offset, "unwind entry"};
  EntryHeader header;
  header.body.end = reader.offset() + length;
  header.body.begin = header.body.end;
  header.terminator = length == 0;
  if (header.terminator) return header;

  // In .eh_frame the id has 4 bytes even behind a long length, and an FDE's is the distance back to its CIE.
  const std::uint64_t id_offset = reader.offset();
  const bool debug_frame = section.format == FrameFormat::kDebugFrame;
  const bool wide = is_long && debug_frame;
  if (length < (wide ? 8 : 4)) return Error{Code::kTruncated, offset, "unwind entry"};
  const std::uint64_t id = wide ? reader.Read<std::uint64_t>() : reader.Read<std::uint32_t>();
  header.body.begin = reader.offset();
  if (debug_frame) {
    header.common = id == (wide ? ~std::uint64_t{0} : kLongLength);
    header.common_offset = id;
  } else {
    header.common = id == 0;
    if (id > id_offset) return Error{Code::kBadValue, offset, "CIE pointer"};
    header.common_offset = id_offset - id;
  }
  return header;
}

base::Result<CommonEntry> ReadCommonEntry(const FrameSection& section, const SectionRange& body) {
  ByteReader reader = ReaderOf(section, body);
  CommonEntry common;
  const auto version = reader.Read<std::uint8_t>();
  if (version != 1 && version != 3 && version != 4)
    return Error{Code::kUnsupported, body.begin, "CIE version"};
  const std::string_view augmentation = ReadText(reader, section.bytes);
  if (version == 4) {
    const auto address_bytes = reader.Read<std::uint8_t>();
    const auto segment_bytes = reader.Read<std::uint8_t>();
    if (address_bytes != section.pointers.address_bytes || segment_bytes != 0) {
      return Error{Code::kUnsupported, body.begin, "CIE address size"};
    }
  }
  if (augmentation == "eh")
    reader.Skip(static_cast<std::uint64_t>(section.pointers.address_bytes));  // GCC 2.
  common.code_alignment = ReadUnsignedLeb128(reader);
  common.data_alignment = ReadSignedLeb128(reader);
  common.return_address_register = version == 1 ? reader.Read<std::uint8_t>() : ReadUnsignedLeb128(reader);

  if (augmentation.starts_with('z')) {
    common.has_augmentation_data = true;
    const std::uint64_t size = ReadUnsignedLeb128(reader);
    const std::uint64_t data_offset = reader.offset();
    if (!reader.ok() || size > reader.remaining())
      return Error{Code::kTruncated, body.begin, "CIE augmentation"};
    if (!ReadAugmentation(section, augmentation.substr(1), reader, common)) {
      return Error{Code::kUnsupported, body.begin, "CIE augmentation"};
    }
    reader.Seek(data_offset + size);
  } else if (!augmentation.empty() && augmentation != "eh") {
    return Error{Code::kUnsupported, body.begin, "CIE augmentation"};
  }
  if (!reader.ok()) return Error{Code::kTruncated, body.begin, "CIE"};
  common.program = {reader.offset(), body.end};
  return common;
}

base::Result<DescriptionEntry> ReadDescriptionEntry(const FrameSection& section, const EntryHeader& header,
                                                    const CommonEntry& common) {
  ByteReader reader = ReaderOf(section, header.body);
  DescriptionEntry entry;
  entry.common_offset = header.common_offset;
  const auto start = ReadEncodedPointer(reader, common.pointer_encoding, section.pointers);
  entry.size = ReadEncodedNumber(reader, common.pointer_encoding, section.pointers.address_bytes);
  if (common.has_augmentation_data) reader.Skip(ReadUnsignedLeb128(reader));
  if (!reader.ok()) return Error{Code::kTruncated, header.body.begin, "FDE"};
  if (!start) return Error{Code::kUnsupported, header.body.begin, "FDE pointer encoding"};
  if (!base::CheckedAdd(*start, entry.size)) return Error{Code::kOverflow, header.body.begin, "FDE range"};
  entry.start = *start;
  entry.program = {reader.offset(), header.body.end};
  return entry;
}

}  // namespace cairn::dwarf
