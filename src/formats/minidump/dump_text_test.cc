#include "formats/minidump/dump_text.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "testing/stream_builders.h"

namespace cairn::minidump {
namespace {

TEST(DumpText, OfOtherBytesSaysWhy) {
  EXPECT_EQ(DumpText(base::AsBytes("no dump")), "minidump signature: not a file of this kind (at byte 0)\n");
  EXPECT_EQ(DumpText({}), "minidump header: the data ends too early (at byte 0)\n");
}

class DumpTextOf : public ::testing::TestWithParam<std::endian> {};
INSTANTIATE_TEST_SUITE_P(BothByteOrders, DumpTextOf,
                         ::testing::Values(std::endian::little, std::endian::big));

TEST_P(DumpTextOf, EveryStreamShowsItsFields) {
  const std::string text = DumpText(testing::EveryStream(GetParam()).Build());
  EXPECT_TRUE(text.starts_with(GetParam() == std::endian::little ? "minidump, little-endian\n"
                                                                 : "minidump, big-endian\n"));
  for (const std::string_view line : {"written = 1700000000 (2023-11-14T22:13:20Z)",
                                      "0x3 ThreadList = 52 bytes at",
                                      "stream 0x3 ThreadList",
                                      "service pack or build = \"#1 SMP\"",
                                      "rip = 0x401010",
                                      "build id = 00112233445566778899aabbccddeeff01020304",
                                      "name = \"/opt/app/crashy\"",
                                      "name = \"main\"",
                                      "parameter 14 = 0x0",
                                      "expression = \"x > 0\"",
                                      "a comment",
                                      "object = \"C:\\x\"",
                                      "2 function entries",
                                      "name = \"old.dll\"",
                                      "process cookie = 0x9",
                                      "state = 0x2000",
                                      "start address = 0x401000",
                                      "physical pages = 1000",
                                      "peak working set",
                                      "microcode\\x09: 0xf0",
                                      "--now",
                                      "HOME=/root",
                                      "linker base = 0x400e00",
                                      "00400000-00410000 r-xp",
                                      "report id = 11111111-1111-1111-1111-111111111111",
                                      "text = \"two\"",
                                      "key = \"k\"",
                                      "value = \"text\"",
                                      "abort cause = 3",
                                      "boot arguments = \"-v\"",
                                      "Max open files",
                                      "InitErrors",
                                      "stream 0xabcd1234 unknown, of unknown vendor"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
  EXPECT_EQ(text.find("(cut"), std::string::npos) << text;
  EXPECT_EQ(text.find("not readable"), std::string::npos) << text;
  EXPECT_EQ(text, DumpText(testing::EveryStream(GetParam()).Build())) << "the same bytes twice";
}

TEST(DumpText, FullMemoryAndUnusedEntriesAreShown) {
  testing::MinidumpBuilder builder;
  builder.Memory({0x2000, {std::byte{2}, std::byte{3}}}).Memory({0x1000, {std::byte{1}}}).FullMemory();
  builder.Stream(0, {}).Stream(0x47671234, {std::byte{9}});
  const std::string text = DumpText(builder.Build());
  EXPECT_NE(text.find("ranges = 2"), std::string::npos);
  EXPECT_NE(text.find("start = 0x1000"), std::string::npos);
  EXPECT_NE(text.find("0000: 02 03"), std::string::npos);
  EXPECT_NE(text.find("unused = 0 bytes"), std::string::npos);
  EXPECT_NE(text.find("0x47671234 unknown, of Breakpad = 1 bytes"), std::string::npos);
}

// The bytes of the file are what its entries point at: a name of 64 KiB under 100,000 handles is printed
// until the text is full, not for minutes.
TEST(DumpText, OfAHostileListIsBounded) {
  testing::MinidumpBuilder builder;
  builder.StreamFrom(12, [](testing::MinidumpBuilder& file, testing::ByteSink& stream) {
    const std::uint32_t name = file.PlaceUtf16(std::string(30000, 'h'));
    stream.U32(16).U32(32).U32(100000).U32(0);
    for (std::uint64_t i = 0; i < 100000; ++i) stream.U64(i).U32(name).U32(0).Zeros(16);
  });
  EXPECT_TRUE(DumpText(builder.Build()).ends_with("... the rest is left out\n"));
}

}  // namespace
}  // namespace cairn::minidump
