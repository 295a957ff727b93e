// The value of an attribute of an entry of debug information, in any form.
//
// Source: DWARF 5 section 7.5.6; GNU's forms for files that dwz made.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/byte_reader.h"
#include "formats/dwarf/abbreviations.h"

namespace cairn::dwarf {

struct AttributeValue {
  std::uint16_t form = 0;    // Never form::kIndirect.
  std::uint64_t number = 0;  // Constant, address, offset or index; of blocks and strings zero.
  std::string_view text;     // Of form::kString.
};

// The bytes that a form always takes, or nothing if they depend on the value.
std::optional<std::uint32_t> FixedFormBytes(std::uint16_t form, const UnitFormat& format);

// The value at the reader's place. An unknown form makes the reader fail: what follows cannot be found.
AttributeValue ReadAttributeValue(base::ByteReader& reader, const AttributeSpecification& attribute,
                                  const UnitFormat& format);
void SkipAttributeValue(base::ByteReader& reader, const AttributeSpecification& attribute,
                        const UnitFormat& format);

// The text up to the next zero byte, which the reader then stands behind; it fails where there is none.
std::string_view ReadText(base::ByteReader& reader);
// The text that starts at `offset` of a section of strings; empty if it is not within.
std::string_view TextAt(base::Bytes section, std::uint64_t offset);

// A number of 1 to 8 bytes.
std::uint64_t ReadNumber(base::ByteReader& reader, std::uint32_t bytes);

}  // namespace cairn::dwarf
