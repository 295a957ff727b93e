#include "formats/dwarf/encoded_pointer.h"

#include <string_view>

#include <gtest/gtest.h>

namespace cairn::dwarf {
namespace {

std::optional<std::uint64_t> ReadAt2(std::string_view bytes, std::uint8_t encoding,
                                     PointerContext context = {}) {
  base::ByteReader reader(base::AsBytes(bytes));
  reader.Skip(2);
  return ReadEncodedPointer(reader, encoding, context);
}

constexpr std::string_view kMinusTwo{"..\xfe\xff\xff\xff", 6};

TEST(EncodedPointer, CountsFromItsOwnPlaceOrFromTheData) {
  // The field stands at 0x1002; pcrel | sdata4 is 0x1b, datarel | sdata4 is 0x3b.
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x1b, {.section_address = 0x1000}), 0x1000u);
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x3b, {.section_address = 0x1000, .data_address = 0x5000}), 0x4ffeu);
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x3b, {.section_address = 0x1000}), std::nullopt);
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x03), 0xfffffffeu);
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x0b), 0xfffffffffffffffeu);
}

TEST(EncodedPointer, AddressesOfThirtyTwoBitsWrap) {
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x1b, {.section_address = 0xfffffffe, .address_bytes = 4}), 0xfffffffeu);
}

TEST(EncodedPointer, RefusesWhatItCannotKnow) {
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x9b), std::nullopt) << "indirect";
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x50), std::nullopt) << "aligned";
  EXPECT_EQ(ReadAt2(kMinusTwo, kPointerOmitted), std::nullopt);
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x04), std::nullopt) << "eight bytes of four";
  EXPECT_EQ(ReadAt2(kMinusTwo, 0x06), std::nullopt) << "no such width";
}

}  // namespace
}  // namespace cairn::dwarf
