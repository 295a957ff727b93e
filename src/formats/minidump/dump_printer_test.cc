#include "formats/minidump/dump_printer.h"

#include <gtest/gtest.h>

#include "formats/minidump/dump_for_test.h"
#include "formats/minidump/limits.h"
#include "testing/minidump_builder.h"

namespace cairn::minidump {
namespace {

// What a printer makes of fields over bytes of a dump.
std::string FieldsText(std::vector<Field> fields, const testing::ByteSink& bytes,
                       model::Cpu cpu = model::Cpu::kAmd64) {
  const DumpForTest dump(testing::MinidumpBuilder(bytes.order()).Build());
  DumpPrinter printer(*dump, cpu);
  base::ByteReader reader = (*dump).Reader(bytes.bytes());
  printer.Fields(reader, fields);
  return printer.Take();
}

TEST(DumpPrinter, NumbersAndTimes) {
  testing::ByteSink bytes;
  bytes.U8(1).U16(2).U32(0xffffffff).U64(4).U32(0x1f).U32(1700000000).U64(133444736000000000).U32(0).U64(7);
  EXPECT_EQ(FieldsText({{"a", FieldKind::kU8},
                        {"b", FieldKind::kU16},
                        {"c", FieldKind::kU32},
                        {"d", FieldKind::kU64},
                        {"e", FieldKind::kHex32},
                        {"f", FieldKind::kUnixTime},
                        {"g", FieldKind::kFileTime},
                        {"h", FieldKind::kUnixTime},
                        {"i", FieldKind::kFileTime}},
                       bytes),
            "a = 1\nb = 2\nc = 4294967295\nd = 4\ne = 0x1f\nf = 1700000000 (2023-11-14T22:13:20Z)\n"
            "g = 133444736000000000 (2023-11-14T22:13:20Z)\nh = 0\ni = 7\n");
}

TEST(DumpPrinter, WordsAreOfTheCpu) {
  testing::ByteSink bytes(std::endian::big);
  bytes.U32(1).U32(2);
  EXPECT_EQ(FieldsText({{"w", FieldKind::kWord}}, bytes, model::Cpu::kMips), "w = 0x1\n");
  EXPECT_EQ(FieldsText({{"w", FieldKind::kWord}}, bytes, model::Cpu::kMips64), "w = 0x100000002\n");
}

TEST(DumpPrinter, OlderStructuresEndEarlyAndCutOnesSaySo) {
  const std::vector<Field> fields = {{"a", FieldKind::kU32}, {"b", FieldKind::kU32}};
  EXPECT_EQ(FieldsText(fields, testing::ByteSink().U32(1)), "a = 1\n");
  EXPECT_EQ(FieldsText(fields, testing::ByteSink().U32(1).U16(2)), "a = 1\n(cut)\n");
}

TEST(DumpPrinter, PlacesThatAreNotThereAreSaid) {
  EXPECT_EQ(
      FieldsText({{"memory", FieldKind::kMemory}}, testing::ByteSink().U64(0x1000).U32(4).U32(0xfffffff0)),
      "memory = 4 bytes from 0x1000 at 0xfffffff0\n  (not in the file)\n");
  EXPECT_EQ(FieldsText({{"name", FieldKind::kName}, {"none", FieldKind::kName}},
                       testing::ByteSink().U32(0xfffffff0).U32(0)),
            "name = (not readable at 0xfffffff0)\nnone = (none)\n");
}

TEST(DumpPrinter, TextHasNoControlCharacters) {
  EXPECT_EQ(Printable("a\x1b[2Jb\n\x7f é \xff \xc2\x9b"), "a\\x1b[2Jb\\x0a\\x7f é \uFFFD \\x9b");
}

TEST(DumpPrinter, HexShowsBytesAndText) {
  const DumpForTest dump(testing::MinidumpBuilder().Build());
  DumpPrinter printer(*dump, model::Cpu::kAmd64);
  printer.Hex(testing::ByteSink().Text("0123456789abcdef\n~").bytes());
  EXPECT_EQ(printer.Take(),
            "0000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef\n"
            "0010: 0a 7e                                            .~\n");
  DumpPrinter long_printer(*dump, model::Cpu::kAmd64);
  long_printer.Hex(std::vector<std::byte>(kMaxHexBytes + 3));
  EXPECT_TRUE(long_printer.Take().ends_with("... 3 more bytes\n"));
}

TEST(DumpPrinter, TextIsBounded) {
  const DumpForTest dump(testing::MinidumpBuilder().Build());
  DumpPrinter printer(*dump, model::Cpu::kAmd64);
  const std::string line(1 << 20, 'x');
  while (!printer.is_full()) printer.Line(line);
  const std::string text = printer.Take();
  EXPECT_LT(text.size(), kMaxDumpTextBytes + 100);
  EXPECT_TRUE(text.ends_with("... the rest is left out\n"));
}

}  // namespace
}  // namespace cairn::minidump
