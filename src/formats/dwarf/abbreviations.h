// One table of .debug_abbrev: which attributes, in which forms, the entries of a unit have.
//
// Source: DWARF 5 section 7.5.3. The table is untrusted: one that ends early keeps what was read of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_reader.h"

namespace cairn::dwarf {

// How wide a unit's numbers are.
struct UnitFormat {
  std::uint16_t version = 5;
  std::uint8_t address_bytes = 8;  // 4 or 8.
  std::uint8_t offset_bytes = 4;   // 4 or 8: of the 32-bit and the 64-bit format of DWARF.
  friend auto operator<=>(const UnitFormat&, const UnitFormat&) = default;
};

struct AttributeSpecification {
  std::uint16_t name = 0;
  std::uint16_t form = 0;
  std::int64_t implicit_constant = 0;  // Of form::kImplicitConstant.
};

struct Abbreviation {
  // Attributes of fixed sizes are skipped at once.
  static constexpr std::uint32_t kVariable = ~std::uint32_t{0};

  std::uint64_t code = 0;
  std::uint16_t tag = 0;
  bool has_children = false;
  std::uint32_t first_attribute = 0;
  std::uint32_t attribute_count = 0;
  std::uint32_t fixed_bytes = kVariable;  // Of all attributes together, for the table's UnitFormat.
};

class AbbreviationTable {
 public:
  // The largest tables in Debian 12 have some thousand abbreviations.
  static constexpr std::size_t kMaxAttributes = 1 << 22;
  // Compilers give an entry some twenty. Attributes may have no bytes, so many would make a small file slow.
  static constexpr std::size_t kMaxAttributesOfEntry = 1024;

  // `bytes` start with the table.
  AbbreviationTable(base::Bytes bytes, const UnitFormat& format);

  // nullptr for a code that the table does not define.
  const Abbreviation* Find(std::uint64_t code) const;
  std::span<const AttributeSpecification> AttributesOf(const Abbreviation& abbreviation) const {
    return std::span(attributes_).subspan(abbreviation.first_attribute, abbreviation.attribute_count);
  }

 private:
  bool ReadAbbreviation(base::ByteReader& reader, const UnitFormat& format);

  std::vector<Abbreviation> abbreviations_;  // Sorted by code, which for all compilers is 1, 2, 3...
  std::vector<AttributeSpecification> attributes_;
};

}  // namespace cairn::dwarf
