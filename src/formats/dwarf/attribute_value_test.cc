#include "formats/dwarf/attribute_value.h"

#include <gtest/gtest.h>

#include "formats/dwarf/debug_numbers.h"
#include "testing/byte_sink.h"

namespace cairn::dwarf {
namespace {

using testing::ByteSink;

constexpr UnitFormat kFormat;

struct Read {
  AttributeValue value;
  std::size_t bytes = 0;
  bool ok = false;
};

Read ReadForm(std::uint16_t form, const ByteSink& sink, const UnitFormat& format = kFormat) {
  base::ByteReader reader(sink.bytes());
  AttributeSpecification specification;
  specification.form = form;
  specification.implicit_constant = -7;
  Read read;
  read.value = ReadAttributeValue(reader, specification, format);
  read.bytes = reader.offset();
  read.ok = reader.ok();
  base::ByteReader skipper(sink.bytes());
  SkipAttributeValue(skipper, specification, format);
  EXPECT_EQ(skipper.ok(), read.ok);
  if (read.ok) {
    EXPECT_EQ(skipper.offset(), read.bytes);
  }
  return read;
}

TEST(AttributeValue, NumbersOfAllWidths) {
  ByteSink bytes;
  bytes.U64(0x8877665544332211).U64(0);
  EXPECT_EQ(ReadForm(form::kData1, bytes).value.number, 0x11u);
  EXPECT_EQ(ReadForm(form::kReference2, bytes).value.number, 0x2211u);
  EXPECT_EQ(ReadForm(form::kAddressIndex3, bytes).value.number, 0x332211u);
  EXPECT_EQ(ReadForm(form::kData4, bytes).value.number, 0x44332211u);
  EXPECT_EQ(ReadForm(form::kData8, bytes).value.number, 0x8877665544332211u);
  EXPECT_EQ(ReadForm(form::kData16, bytes).bytes, 16u);
}

TEST(AttributeValue, WidthsFollowTheUnit) {
  ByteSink bytes;
  bytes.U64(0x8877665544332211).U64(0);
  EXPECT_EQ(ReadForm(form::kAddress, bytes, {.address_bytes = 4}).bytes, 4u);
  EXPECT_EQ(ReadForm(form::kStringPointer, bytes, {.offset_bytes = 8}).bytes, 8u);
  EXPECT_EQ(ReadForm(form::kReferenceAddress, bytes, {.version = 2, .address_bytes = 8}).bytes, 8u);
  EXPECT_EQ(ReadForm(form::kReferenceAddress, bytes, {.version = 3, .address_bytes = 8}).bytes, 4u);
}

TEST(AttributeValue, FormsWithoutBytes) {
  EXPECT_EQ(ReadForm(form::kFlagPresent, ByteSink()).value.number, 1u);
  EXPECT_EQ(ReadForm(form::kImplicitConstant, ByteSink()).value.number, static_cast<std::uint64_t>(-7));
}

TEST(AttributeValue, VariableForms) {
  EXPECT_EQ(ReadForm(form::kUnsignedData, ByteSink().U8(0x81).U8(1)).value.number, 0x81u);
  EXPECT_EQ(ReadForm(form::kSignedData, ByteSink().U8(0x7f)).value.number, ~std::uint64_t{0});
  ByteSink letters;
  letters.Text(std::string_view("ab\0c", 4));
  const Read text = ReadForm(form::kString, letters);
  EXPECT_EQ(text.value.text, "ab");
  EXPECT_EQ(text.bytes, 3u);
  EXPECT_EQ(ReadForm(form::kBlock1, ByteSink().U8(2).U8(0).U8(0).U8(0)).bytes, 3u);
  EXPECT_EQ(ReadForm(form::kExpression, ByteSink().U8(1).U8(0).U8(0)).bytes, 2u);
}

TEST(AttributeValue, IndirectFormStandsBeforeItsValue) {
  const Read read = ReadForm(form::kIndirect, ByteSink().U8(form::kData2).U16(0x1234));
  EXPECT_EQ(read.value.form, form::kData2);
  EXPECT_EQ(read.value.number, 0x1234u);
}

TEST(AttributeValue, WhatIsCutOffOrUnknownFails) {
  EXPECT_FALSE(ReadForm(form::kData4, ByteSink().U16(0)).ok);
  EXPECT_FALSE(ReadForm(form::kString, ByteSink().Text("ab")).ok);
  EXPECT_FALSE(ReadForm(form::kBlock4, ByteSink().U32(9).U8(0)).ok);
  EXPECT_FALSE(ReadForm(0x1234, ByteSink().U64(0)).ok);
  ByteSink loop;
  for (int i = 0; i < 10; ++i) loop.U8(form::kIndirect);
  EXPECT_FALSE(ReadForm(form::kIndirect, loop).ok);
}

TEST(Abbreviations, TableGivesAttributesByCode) {
  ByteSink bytes;
  bytes.U8(1).U8(tag::kSubprogram).U8(1).U8(attribute::kName).U8(form::kStringPointer);
  bytes.U8(attribute::kLowPc).U8(form::kAddress).U8(0).U8(0);
  bytes.U8(7).U8(tag::kNamespace).U8(0).U8(attribute::kName).U8(form::kString).U8(0).U8(0);
  bytes.U8(3).U8(tag::kClass).U8(0).U8(attribute::kCallLine).U8(form::kImplicitConstant).U8(0x7f).U8(0).U8(0);
  bytes.U8(0);
  const AbbreviationTable table(bytes.bytes(), kFormat);
  const Abbreviation* const function = table.Find(1);
  ASSERT_NE(function, nullptr);
  EXPECT_TRUE(function->has_children);
  EXPECT_EQ(function->fixed_bytes, 12u);
  ASSERT_EQ(table.AttributesOf(*function).size(), 2u);
  EXPECT_EQ(table.Find(7)->tag, tag::kNamespace);
  EXPECT_EQ(table.Find(7)->fixed_bytes, Abbreviation::kVariable);
  EXPECT_EQ(table.AttributesOf(*table.Find(3))[0].implicit_constant, -1);
  EXPECT_EQ(table.Find(2), nullptr);
  EXPECT_EQ(table.Find(0), nullptr);
}

TEST(Abbreviations, EntryOfTooManyAttributesEndsTheTable) {
  ByteSink bytes;
  bytes.U8(1).U8(tag::kSubprogram).U8(1).U8(0).U8(0);
  bytes.U8(2).U8(tag::kSubprogram).U8(1);
  for (std::size_t i = 0; i <= AbbreviationTable::kMaxAttributesOfEntry; ++i)
    bytes.U8(attribute::kName).U8(form::kFlagPresent);
  bytes.U8(0).U8(0).U8(0);
  const AbbreviationTable table(bytes.bytes(), kFormat);
  EXPECT_NE(table.Find(1), nullptr);
  EXPECT_EQ(table.Find(2), nullptr);
}

TEST(Abbreviations, TableThatIsCutKeepsItsStart) {
  ByteSink bytes;
  bytes.U8(1).U8(tag::kSubprogram).U8(1).U8(0).U8(0);
  bytes.U8(2).U8(tag::kNamespace).U8(0).U8(attribute::kName);
  const AbbreviationTable table(bytes.bytes(), kFormat);
  EXPECT_NE(table.Find(1), nullptr);
  EXPECT_EQ(table.Find(2), nullptr);
}

}  // namespace
}  // namespace cairn::dwarf
