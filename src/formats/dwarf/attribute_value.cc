#include "formats/dwarf/attribute_value.h"

#include <algorithm>

#include "formats/dwarf/debug_numbers.h"
#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

using base::ByteReader;

namespace {

// An indirect form may name another; more than one is no compiler's work.
constexpr int kMaxIndirections = 4;

// Reads past the end to make the reader fail.
void Fail(ByteReader& reader) { reader.Skip(~std::uint64_t{0}); }

// The sizes of blocks stand before them.
std::optional<std::uint64_t> ReadBlockSize(ByteReader& reader, std::uint16_t form) {
  switch (form) {
    case form::kBlock1: return reader.Read<std::uint8_t>();
    case form::kBlock2: return reader.Read<std::uint16_t>();
    case form::kBlock4: return reader.Read<std::uint32_t>();
    case form::kBlock:
    case form::kExpression: return ReadUnsignedLeb128(reader);
    default: return std::nullopt;
  }
}

bool IsUnsignedLeb128(std::uint16_t form) {
  switch (form) {
    case form::kUnsignedData:
    case form::kReferenceUnsigned:
    case form::kStringIndex:
    case form::kAddressIndex:
    case form::kLocationListIndex:
    case form::kRangeListIndex:
    case form::kGnuAddressIndex:
    case form::kGnuStringIndex: return true;
    default: return false;
  }
}

}  // namespace

std::optional<std::uint32_t> FixedFormBytes(std::uint16_t form, const UnitFormat& format) {
  switch (form) {
    case form::kFlagPresent:
    case form::kImplicitConstant: return 0;
    case form::kData1:
    case form::kFlag:
    case form::kReference1:
    case form::kStringIndex1:
    case form::kAddressIndex1: return 1;
    case form::kData2:
    case form::kReference2:
    case form::kStringIndex2:
    case form::kAddressIndex2: return 2;
    case form::kStringIndex3:
    case form::kAddressIndex3: return 3;
    case form::kData4:
    case form::kReference4:
    case form::kReferenceSupplement4:
    case form::kStringIndex4:
    case form::kAddressIndex4: return 4;
    case form::kData8:
    case form::kReference8:
    case form::kReferenceSignature:
    case form::kReferenceSupplement8: return 8;
    case form::kData16: return 16;
    case form::kAddress: return format.address_bytes;
    // As wide as an address in DWARF 2, which is what the standard then said.
    case form::kReferenceAddress: return format.version <= 2 ? format.address_bytes : format.offset_bytes;
    case form::kStringPointer:
    case form::kLineStringPointer:
    case form::kSectionOffset:
    case form::kStringSupplement:
    case form::kGnuReferenceAlternate:
    case form::kGnuStringAlternate: return format.offset_bytes;
    default: return std::nullopt;
  }
}

std::uint64_t ReadNumber(ByteReader& reader, std::uint32_t bytes) {
  switch (bytes) {
    case 1: return reader.Read<std::uint8_t>();
    case 2: return reader.Read<std::uint16_t>();
    case 4: return reader.Read<std::uint32_t>();
    case 8: return reader.Read<std::uint64_t>();
    default: break;
  }
  std::uint64_t value = 0;
  for (std::uint32_t i = 0; i < bytes; ++i) {
    const std::uint64_t byte = reader.Read<std::uint8_t>();
    if (i < 8) value |= byte << (8 * i);
  }
  return value;
}

std::string_view ReadText(ByteReader& reader) {
  ByteReader ahead = reader;
  const std::string_view rest = base::AsText(ahead.ReadBytes(ahead.remaining()));
  const std::size_t size = rest.find('\0');
  if (!reader.ok() || size == std::string_view::npos) {
    Fail(reader);
    return {};
  }
  reader.Skip(size + 1);
  return rest.substr(0, size);
}

std::string_view TextAt(base::Bytes section, std::uint64_t offset) {
  if (offset >= section.size()) return {};
  const std::string_view rest = base::AsText(section.subspan(static_cast<std::size_t>(offset)));
  return rest.substr(0, std::min(rest.find('\0'), rest.size()));
}

AttributeValue ReadAttributeValue(ByteReader& reader, const AttributeSpecification& attribute,
                                  const UnitFormat& format) {
  AttributeValue value;
  value.form = attribute.form;
  for (int i = 0; value.form == form::kIndirect && i < kMaxIndirections; ++i) {
    value.form = static_cast<std::uint16_t>(ReadUnsignedLeb128(reader));
  }
  if (value.form == form::kImplicitConstant) {
    value.number = static_cast<std::uint64_t>(attribute.implicit_constant);
  } else if (value.form == form::kFlagPresent) {
    value.number = 1;
  } else if (const auto fixed = FixedFormBytes(value.form, format)) {
    value.number = ReadNumber(reader, *fixed);
  } else if (IsUnsignedLeb128(value.form)) {
    value.number = ReadUnsignedLeb128(reader);
  } else if (value.form == form::kSignedData) {
    value.number = static_cast<std::uint64_t>(ReadSignedLeb128(reader));
  } else if (value.form == form::kString) {
    value.text = ReadText(reader);
  } else if (const auto size = ReadBlockSize(reader, value.form)) {
    reader.Skip(*size);
  } else {
    Fail(reader);
  }
  return value;
}

void SkipAttributeValue(ByteReader& reader, const AttributeSpecification& attribute,
                        const UnitFormat& format) {
  if (const auto fixed = FixedFormBytes(attribute.form, format)) {
    reader.Skip(*fixed);
  } else {
    ReadAttributeValue(reader, attribute, format);
  }
}

}  // namespace cairn::dwarf
