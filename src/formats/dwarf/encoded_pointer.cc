#include "formats/dwarf/encoded_pointer.h"

#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {
namespace {

constexpr std::uint8_t kFormatMask = 0x0f;
constexpr std::uint8_t kRelationMask = 0x70;
constexpr std::uint8_t kIndirect = 0x80;
constexpr std::uint8_t kRelativeToNothing = 0x00;
constexpr std::uint8_t kRelativeToField = 0x10;  // DW_EH_PE_pcrel
constexpr std::uint8_t kRelativeToData = 0x30;   // DW_EH_PE_datarel

template <typename T>
std::uint64_t ReadExtended(base::ByteReader& reader) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(reader.Read<T>()));
}

// Reads past the end to make the reader fail.
std::uint64_t Fail(base::ByteReader& reader) {
  reader.Skip(~std::uint64_t{0});
  return 0;
}

}  // namespace

std::uint64_t ReadEncodedNumber(base::ByteReader& reader, std::uint8_t encoding, int address_bytes) {
  switch (encoding & kFormatMask) {
    case 0x00:  // DW_EH_PE_absptr
      return address_bytes == 4 ? reader.Read<std::uint32_t>() : reader.Read<std::uint64_t>();
    case 0x01: return ReadUnsignedLeb128(reader);
    case 0x02: return reader.Read<std::uint16_t>();
    case 0x03: return reader.Read<std::uint32_t>();
    case 0x04: return reader.Read<std::uint64_t>();
    case 0x09: return static_cast<std::uint64_t>(ReadSignedLeb128(reader));
    case 0x0a: return ReadExtended<std::int16_t>(reader);
    case 0x0b: return ReadExtended<std::int32_t>(reader);
    case 0x0c: return ReadExtended<std::int64_t>(reader);
    default: return Fail(reader);
  }
}

std::optional<std::uint64_t> ReadEncodedPointer(base::ByteReader& reader, std::uint8_t encoding,
                                                const PointerContext& context) {
  if (encoding == kPointerOmitted) return std::nullopt;
  const std::uint64_t field_address = context.section_address + reader.offset();
  std::uint64_t value = ReadEncodedNumber(reader, encoding, context.address_bytes);
  if (!reader.ok() || (encoding & kIndirect) != 0) return std::nullopt;
  switch (encoding & kRelationMask) {
    case kRelativeToNothing: break;
    case kRelativeToField: value += field_address; break;
    case kRelativeToData:
      if (!context.data_address) return std::nullopt;
      value += *context.data_address;
      break;
    default:
      return std::nullopt;  // textrel, funcrel and aligned: no compiler writes them on the CPUs we read.
  }
  if (context.address_bytes == 4) value &= 0xffffffff;
  return value;
}

}  // namespace cairn::dwarf
