#include "formats/symfile/text_fields.h"

#include <gtest/gtest.h>

namespace cairn::symfile {
namespace {

TEST(SymbolTextFields, TakesFieldsInOrder) {
  TextFields fields("  1F\t010 word the  rest ");
  EXPECT_EQ(fields.TakeHex(), 0x1fu);
  EXPECT_EQ(fields.TakeDecimal(), 10u);
  EXPECT_FALSE(fields.TakeWord("wor")) << "a word is whole";
  EXPECT_TRUE(fields.TakeWord("word"));
  EXPECT_EQ(fields.TakeField(), "the");
  EXPECT_EQ(fields.Rest(), "rest ");
  EXPECT_TRUE(fields.ok());
}

TEST(SymbolTextFields, NumbersMustBeWholeFieldsWithin64Bits) {
  const auto hex_fails = [](std::string_view text) {
    TextFields fields(text);
    return fields.TakeHex() == 0 && !fields.ok();
  };
  EXPECT_TRUE(hex_fails(""));
  EXPECT_TRUE(hex_fails("12x"));
  EXPECT_TRUE(hex_fails("0x12"));
  EXPECT_TRUE(hex_fails("1ffffffffffffffff"));
  EXPECT_EQ(TextFields("ffffffffffffffff").TakeHex(), ~std::uint64_t{0});
  EXPECT_EQ(TextFields("18446744073709551615").TakeDecimal(), ~std::uint64_t{0});
  TextFields beyond("18446744073709551616");
  beyond.TakeDecimal();
  EXPECT_FALSE(beyond.ok());
}

TEST(SymbolTextFields, FailureSticks) {
  TextFields fields("x 12");
  fields.TakeHex();
  fields.TakeField();
  EXPECT_EQ(fields.TakeHex(), 0x12u);
  EXPECT_FALSE(fields.ok());
}

TEST(SymbolTextFields, FieldsAreCountedBetweenBlanks) {
  EXPECT_EQ(TextFields::CountFields(""), 0u);
  EXPECT_EQ(TextFields::CountFields(" \t"), 0u);
  EXPECT_EQ(TextFields::CountFields("a"), 1u);
  EXPECT_EQ(TextFields::CountFields(" a\tbc  d "), 3u);
}

}  // namespace
}  // namespace cairn::symfile
