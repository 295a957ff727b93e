#include "formats/dwarf/abbreviations.h"

#include <algorithm>
#include <optional>

#include "formats/dwarf/attribute_value.h"
#include "formats/dwarf/debug_numbers.h"
#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

AbbreviationTable::AbbreviationTable(base::Bytes bytes, const UnitFormat& format) {
  base::ByteReader reader(bytes);
  while (ReadAbbreviation(reader, format)) {
  }
  if (!std::ranges::is_sorted(abbreviations_, {}, &Abbreviation::code)) {
    std::ranges::stable_sort(abbreviations_, {}, &Abbreviation::code);
  }
}

bool AbbreviationTable::ReadAbbreviation(base::ByteReader& reader, const UnitFormat& format) {
  Abbreviation abbreviation;
  abbreviation.code = ReadUnsignedLeb128(reader);
  if (abbreviation.code == 0) return false;
  abbreviation.tag = static_cast<std::uint16_t>(ReadUnsignedLeb128(reader));
  abbreviation.has_children = reader.Read<std::uint8_t>() != 0;
  abbreviation.first_attribute = static_cast<std::uint32_t>(attributes_.size());
  std::optional<std::uint32_t> fixed_bytes = 0;
  const std::size_t most =
      std::min<std::size_t>(kMaxAttributes, abbreviation.first_attribute + kMaxAttributesOfEntry);
  for (;;) {
    if (attributes_.size() == most) return false;
    AttributeSpecification attribute;
    attribute.name = static_cast<std::uint16_t>(ReadUnsignedLeb128(reader));
    attribute.form = static_cast<std::uint16_t>(ReadUnsignedLeb128(reader));
    if (attribute.form == form::kImplicitConstant) attribute.implicit_constant = ReadSignedLeb128(reader);
    if (!reader.ok()) return false;
    if (attribute.name == 0 && attribute.form == 0) break;
    const std::optional<std::uint32_t> bytes = FixedFormBytes(attribute.form, format);
    if (fixed_bytes) fixed_bytes = bytes ? std::optional(*fixed_bytes + *bytes) : std::nullopt;
    attributes_.push_back(attribute);
  }
  abbreviation.attribute_count =
      static_cast<std::uint32_t>(attributes_.size()) - abbreviation.first_attribute;
  abbreviation.fixed_bytes = fixed_bytes.value_or(Abbreviation::kVariable);
  abbreviations_.push_back(abbreviation);
  return true;
}

const Abbreviation* AbbreviationTable::Find(std::uint64_t code) const {
  if (code - 1 < abbreviations_.size() && abbreviations_[code - 1].code == code) {
    return &abbreviations_[code - 1];
  }
  const auto found = std::ranges::lower_bound(abbreviations_, code, {}, &Abbreviation::code);
  return found != abbreviations_.end() && found->code == code ? &*found : nullptr;
}

}  // namespace cairn::dwarf
