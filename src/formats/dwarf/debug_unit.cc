#include "formats/dwarf/debug_unit.h"

#include "formats/dwarf/debug_numbers.h"

namespace cairn::dwarf {

using base::ByteReader;
using base::Bytes;
using base::Code;
using base::Error;

namespace {

constexpr std::uint16_t kFirstVersion = 2;
constexpr std::uint16_t kLastVersion = 5;
constexpr std::uint32_t kWideLength = 0xffffffff;      // The 64-bit format follows.
constexpr std::uint32_t kReservedLength = 0xfffffff0;  // And above.

// Headers of .debug_str_offsets, .debug_addr and .debug_rnglists, which bases point behind.
std::uint64_t LengthFieldBytes(const UnitFormat& format) { return format.offset_bytes == 8 ? 12 : 4; }

struct UnitExtent {
  std::uint64_t end = 0;
  std::uint8_t offset_bytes = 4;
};

// The unit_length field.
base::Result<UnitExtent> ReadExtent(ByteReader& reader) {
  UnitExtent extent;
  std::uint64_t length = reader.Read<std::uint32_t>();
  if (length == kWideLength) {
    extent.offset_bytes = 8;
    length = reader.Read<std::uint64_t>();
  } else if (length >= kReservedLength) {
    return Error{Code::kBadValue, reader.offset(), "length of a unit of debug information"};
  }
  if (!reader.ok() || length > reader.remaining())
    return Error{Code::kTruncated, reader.offset(), "unit of debug information"};
  extent.end = reader.offset() + length;
  return extent;
}

// What stands between the length and the first entry; false for what Cairn does not read.
bool ReadRest(ByteReader& reader, UnitHeader& header) {
  header.format.version = reader.Read<std::uint16_t>();
  if (header.format.version < kFirstVersion || header.format.version > kLastVersion) return false;
  const std::uint32_t offset_bytes = header.format.offset_bytes;
  header.type = unit_type::kCompile;
  if (header.format.version >= 5) {
    header.type = reader.Read<std::uint8_t>();
    header.format.address_bytes = reader.Read<std::uint8_t>();
    header.abbreviations = ReadNumber(reader, offset_bytes);
    constexpr std::uint64_t kIdBytes = 8;  // Of a .dwo file, or of a type and then the type's place.
    if (header.type == unit_type::kSkeleton || header.type == unit_type::kSplitCompile)
      header.split_id = reader.Read<std::uint64_t>();
    if (header.describes_types()) reader.Skip(kIdBytes + offset_bytes);
  } else {
    header.abbreviations = ReadNumber(reader, offset_bytes);
    header.format.address_bytes = reader.Read<std::uint8_t>();
  }
  header.first_entry = reader.offset();
  return reader.ok() && (header.format.address_bytes == 4 || header.format.address_bytes == 8);
}

}  // namespace

bool UnitHeader::describes_types() const { return type == unit_type::kType || type == unit_type::kSplitType; }

base::Result<UnitHeader> ReadUnitHeader(Bytes info, std::uint64_t offset) {
  ByteReader reader(info);
  reader.Seek(offset);
  ASSIGN_OR_RETURN(const UnitExtent extent, ReadExtent(reader));
  UnitHeader header;
  header.offset = offset;
  header.end = extent.end;
  header.format.offset_bytes = extent.offset_bytes;
  if (!ReadRest(reader, header) || header.first_entry > header.end)
    return Error{Code::kUnsupported, offset, "header of a unit of debug information"};
  return header;
}

UnitList ListUnits(Bytes info) {
  UnitList list;
  for (std::uint64_t offset = 0; offset < info.size();) {
    ByteReader reader(info);
    reader.Seek(offset);
    const auto extent = ReadExtent(reader);
    if (!extent) {
      ++list.bad_units;
      break;
    }
    if (const auto header = ReadUnitHeader(info, offset)) {
      list.units.push_back(*header);
    } else {
      ++list.bad_units;
    }
    offset = extent->end;  // At least four bytes further.
  }
  return list;
}

DebugUnit::DebugUnit(const UnitHeader& header, const AbbreviationTable& abbreviations,
                     const DebugSections& sections, const DebugSections* alternate)
    : header_(header), abbreviations_(&abbreviations), sections_(&sections), alternate_(alternate) {
  SetUsualBases();
  ReadFirstEntry();
}

DebugUnit::DebugUnit(const UnitHeader& header, const AbbreviationTable& abbreviations,
                     const DebugSections& sections, const DebugUnit& skeleton)
    : header_(header), abbreviations_(&abbreviations), sections_(&sections), alternate_(nullptr) {
  SetUsualBases();
  low_pc_ = skeleton.low_pc_;
  address_base_ = skeleton.address_base_;
  ranges_base_ = skeleton.split_ranges_base_;
  ReadFirstEntry();
  is_skeleton_ = false;  // It may name its own file.
}

void DebugUnit::SetUsualBases() {
  split_id_ = header_.split_id;
  if (header_.format.version < 5) return;
  // Where a unit does not say its bases, its lists are the first ones of their sections.
  string_offsets_base_ = LengthFieldBytes(header_.format) + 4;  // Version and padding.
  address_base_ = LengthFieldBytes(header_.format) + 4;         // Version and widths.
  range_lists_base_ = LengthFieldBytes(header_.format) + 8;     // The same and a count.
}

ByteReader DebugUnit::ReaderAt(std::uint64_t offset) const {
  ByteReader reader(sections_->info.first(static_cast<std::size_t>(header_.end)));
  reader.Seek(offset);
  if (offset < header_.first_entry) reader.Skip(~std::uint64_t{0});
  return reader;
}

void DebugUnit::SkipAttributes(ByteReader& reader, const Abbreviation& entry) const {
  if (entry.fixed_bytes != Abbreviation::kVariable) {
    reader.Skip(entry.fixed_bytes);
    return;
  }
  for (const AttributeSpecification& attribute : abbreviations_->AttributesOf(entry)) {
    SkipAttributeValue(reader, attribute, header_.format);
  }
}

void DebugUnit::ReadFirstEntry() {
  ByteReader reader = ReaderAt(header_.first_entry);
  std::uint64_t code = 0;
  if (!ReadEntryCode(reader, code)) return;
  const Abbreviation* const entry = abbreviations_->Find(code);
  if (entry == nullptr) return;
  std::optional<AttributeValue> folder;
  std::optional<AttributeValue> low_pc;
  std::optional<AttributeValue> split_name;
  for (const AttributeSpecification& specification : abbreviations_->AttributesOf(*entry)) {
    const AttributeValue value = ReadAttributeValue(reader, specification, header_.format);
    if (!reader.ok()) break;
    switch (specification.name) {
      case attribute::kCompilationFolder: folder = value; break;
      case attribute::kLowPc: low_pc = value; break;
      case attribute::kStatementList: line_table_ = value.number; break;
      case attribute::kLanguage: language_ = value.number; break;
      case attribute::kStringOffsetsBase: string_offsets_base_ = value.number; break;
      case attribute::kAddressBase:
      case attribute::kGnuAddressBase: address_base_ = value.number; break;
      case attribute::kRangeListsBase: range_lists_base_ = value.number; break;
      case attribute::kDwoName:
      case attribute::kGnuDwoName: split_name = value; break;
      case attribute::kGnuDwoId: split_id_ = value.number; break;
      case attribute::kGnuRangesBase: split_ranges_base_ = value.number; break;
      default: break;
    }
  }
  // By index, these need the bases, which may stand behind them.
  if (folder) compilation_folder_ = Text(*folder);
  if (low_pc) low_pc_ = Address(*low_pc).value_or(0);
  if (split_name) split_name_ = Text(*split_name);
  is_skeleton_ = split_name.has_value();
}

std::string_view DebugUnit::Text(const AttributeValue& value) const {
  switch (value.form) {
    case form::kString: return value.text;
    case form::kStringPointer: return TextAt(sections_->strings, value.number);
    case form::kLineStringPointer: return TextAt(sections_->line_strings, value.number);
    case form::kGnuStringAlternate:
    case form::kStringSupplement:
      return alternate_ != nullptr ? TextAt(alternate_->strings, value.number) : std::string_view();
    case form::kStringIndex:
    case form::kGnuStringIndex:
    case form::kStringIndex1:
    case form::kStringIndex2:
    case form::kStringIndex3:
    case form::kStringIndex4: return TextByIndex(value.number);
    default: return {};
  }
}

std::string_view DebugUnit::TextByIndex(std::uint64_t index) const {
  const std::uint64_t bytes = header_.format.offset_bytes;
  if (index >= sections_->string_offsets.size()) return {};
  ByteReader reader(sections_->string_offsets);
  reader.Seek(string_offsets_base_);
  reader.Skip(index * bytes);
  const std::uint64_t offset = ReadNumber(reader, static_cast<std::uint32_t>(bytes));
  return reader.ok() ? TextAt(sections_->strings, offset) : std::string_view();
}

std::optional<std::uint64_t> DebugUnit::Address(const AttributeValue& value) const {
  switch (value.form) {
    case form::kAddress: return value.number;
    case form::kAddressIndex:
    case form::kGnuAddressIndex:
    case form::kAddressIndex1:
    case form::kAddressIndex2:
    case form::kAddressIndex3:
    case form::kAddressIndex4: return AddressAt(value.number);
    default: return std::nullopt;
  }
}

std::optional<std::uint64_t> DebugUnit::AddressAt(std::uint64_t index) const {
  if (index >= sections_->addresses.size()) return std::nullopt;
  ByteReader reader(sections_->addresses);
  reader.Seek(address_base_);
  reader.Skip(index * header_.format.address_bytes);
  const std::uint64_t address = ReadNumber(reader, header_.format.address_bytes);
  return reader.ok() ? std::optional(address) : std::nullopt;
}

std::optional<EntryReference> DebugUnit::Reference(const AttributeValue& value) const {
  switch (value.form) {
    case form::kReference1:
    case form::kReference2:
    case form::kReference4:
    case form::kReference8:
    case form::kReferenceUnsigned: return EntryReference{header_.offset + value.number, false};
    case form::kReferenceAddress: return EntryReference{value.number, false};
    case form::kGnuReferenceAlternate:
    case form::kReferenceSupplement4:
    case form::kReferenceSupplement8: return EntryReference{value.number, true};
    default: return std::nullopt;
  }
}

std::optional<LinkRange> DebugUnit::Range(const AttributeValue& low, const AttributeValue& high) const {
  const std::optional<std::uint64_t> begin = Address(low);
  if (!begin) return std::nullopt;
  const std::optional<std::uint64_t> address = Address(high);
  const std::optional<std::uint64_t> end = address ? address : base::CheckedAdd(*begin, high.number);
  if (!end || *begin >= *end) return std::nullopt;
  return LinkRange{*begin, *end};
}

}  // namespace cairn::dwarf
