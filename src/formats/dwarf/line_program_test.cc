#include "formats/dwarf/line_program.h"

#include <string>

#include <gtest/gtest.h>

#include "formats/dwarf/debug_numbers.h"
#include "testing/byte_sink.h"

namespace cairn::dwarf {
namespace {

using testing::ByteSink;

// Special operations go 14 lines around, from -5: number 13 + (line advance + 5) + 14 * address advance.
constexpr std::uint8_t kOperationBase = 13;
std::uint8_t Special(int line, int address) {
  return static_cast<std::uint8_t>(kOperationBase + line + 5 + 14 * address);
}

class LineTable : public ::testing::Test {
 protected:
  LineTable() {
    info_ = ByteSink().U32(9).U16(4).U32(0).U8(8).U8(1).U8(0).Take();
    table_ = ByteSink()
                 .U8(1)
                 .U8(0x11)
                 .U8(0)
                 .U8(attribute::kCompilationFolder)
                 .U8(form::kString)
                 .U8(0)
                 .U8(0)
                 .U8(0)
                 .Take();
    const std::string folder("/work\0", 6);
    const std::size_t end = info_.size() - 1;
    info_.resize(end);
    for (const char c : folder) info_.push_back(static_cast<std::byte>(c));
    info_[0] = static_cast<std::byte>(info_.size() - 4);  // The length.
  }

  static void Common(ByteSink& sink) {
    sink.U8(1).U8(1).U8(1).U8(0xfb).U8(14).U8(kOperationBase);  // -5 is 0xfb
    for (const int count : {0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1}) sink.U8(static_cast<std::uint8_t>(count));
  }
  static std::vector<std::byte> Whole(std::uint16_t version, const ByteSink& header,
                                      const ByteSink& program) {
    ByteSink rest;
    rest.U16(version);
    if (version >= 5) rest.U8(8).U8(0);
    rest.U32(static_cast<std::uint32_t>(header.size())).Bytes(header.bytes()).Bytes(program.bytes());
    ByteSink table;
    return table.U32(static_cast<std::uint32_t>(rest.size())).Bytes(rest.bytes()).Take();
  }
  static std::vector<std::byte> Version4(const ByteSink& program) {
    ByteSink header;
    Common(header);
    header.Text(std::string_view("sub\0/abs\0\0", 10));
    header.Text(std::string_view("a.c\0", 4)).U8(0).U8(0).U8(0);
    header.Text(std::string_view("b.h\0", 4)).U8(1).U8(0).U8(0);
    header.Text(std::string_view("c.h\0", 4)).U8(2).U8(0).U8(0);
    return Whole(4, header.U8(0), program);
  }

  base::Result<LineProgram> Read(const std::vector<std::byte>& line) {
    sections_.info = info_;
    sections_.line = line;
    const auto header = ReadUnitHeader(info_, 0);
    EXPECT_TRUE(header);
    abbreviations_.emplace(table_, header->format);
    unit_.emplace(*header, *abbreviations_, sections_, nullptr);
    return LineProgram::Read(*unit_, 0);
  }
  std::string Rows(const std::vector<std::byte>& line, bool good = true) {
    const auto program = Read(line);
    EXPECT_TRUE(program);
    if (!program) return {};
    std::string text;
    const auto take = [&text](std::span<const LineRow> rows, std::uint64_t end) {
      char piece[64];
      for (const LineRow& row : rows) {
        snprintf(piece, sizeof piece, "%llx:%u/%llu ", static_cast<unsigned long long>(row.address), row.line,
                 static_cast<unsigned long long>(row.file));
        text += piece;
      }
      snprintf(piece, sizeof piece, "to %llx;", static_cast<unsigned long long>(end));
      text += piece;
    };
    EXPECT_EQ(program->Run(take), good);
    return text;
  }

  std::vector<std::byte> info_;
  std::vector<std::byte> table_;
  DebugSections sections_;
  std::optional<AbbreviationTable> abbreviations_;
  std::optional<DebugUnit> unit_;
};

ByteSink AtAddress(std::uint64_t address) { return ByteSink().U8(0).U8(9).U8(2).U64(address); }
ByteSink& End(ByteSink& sink) { return sink.U8(0).U8(1).U8(1); }

TEST_F(LineTable, SpecialAndStandardOperationsMakeRows) {
  ByteSink program = AtAddress(0x1000);
  program.U8(3).U8(9).U8(1);             // Line 10; a row.
  program.U8(Special(2, 3));             // 3 bytes and 2 lines on.
  program.U8(5).U8(7);                   // A column.
  program.U8(4).U8(2).U8(8).U8(1);       // File 2; 17 bytes on; a row.
  program.U8(9).U16(0x100).U8(2).U8(4);  // 0x104 bytes on.
  End(program);
  EXPECT_EQ(Rows(Version4(program)), "1000:10/1 1003:12/1 1014:12/2 to 1118;");
}

TEST_F(LineTable, EachSequenceStartsAnew) {
  ByteSink program = AtAddress(0x1000);
  program.U8(4).U8(2).U8(1);
  End(program).Bytes(AtAddress(0x500).bytes()).U8(1).U8(2).U8(1);
  End(program);
  EXPECT_EQ(Rows(Version4(program)), "1000:1/2 to 1000;500:1/1 to 501;");
}

TEST_F(LineTable, UnknownOperationsAreSkippedBySize) {
  ByteSink program = AtAddress(0x1000);
  program.U8(0).U8(3).U8(0x80).U16(0).U8(12).U8(1).U8(1);  // Vendor's own; DW_LNS_set_isa.
  End(program);
  EXPECT_EQ(Rows(Version4(program)), "1000:1/1 to 1000;");
}

TEST_F(LineTable, ProgramThatIsCutKeepsItsSequences) {
  ByteSink program = AtAddress(0x1000);
  End(program.U8(1)).U8(0).U8(9).U8(2).U16(0);
  EXPECT_EQ(Rows(Version4(program), false), "1000:1/1 to 1000;");
}

TEST_F(LineTable, PathsOfVersion4AreJoined) {
  const std::vector<std::byte> line = Version4(ByteSink());
  const auto program = Read(line);
  ASSERT_TRUE(program);
  EXPECT_EQ(program->FilePath(1), "/work/a.c");
  EXPECT_EQ(program->FilePath(2), "/work/sub/b.h");
  EXPECT_EQ(program->FilePath(3), "/abs/c.h");
  EXPECT_EQ(program->FilePath(0), "");
  EXPECT_EQ(program->FilePath(4), "");
}

TEST_F(LineTable, RelativeFolderOfCompilationStandsOnce) {
  info_[info_.size() - 6] = std::byte{'x'};  // "/work" becomes "xwork".
  const std::vector<std::byte> line = Version4(ByteSink());
  const auto program = Read(line);
  ASSERT_TRUE(program);
  EXPECT_EQ(program->FilePath(1), "xwork/a.c");
  EXPECT_EQ(program->FilePath(2), "xwork/sub/b.h");
}

TEST_F(LineTable, PathsOfVersion5AreJoined) {
  ByteSink header;
  Common(header);
  header.U8(1).U8(1).U8(form::kString).U8(2).Text(std::string_view("/other\0sub\0", 11));
  header.U8(3).U8(1).U8(form::kString).U8(2).U8(form::kUnsignedData).U8(5).U8(form::kData16);
  header.U8(2)
      .Text(std::string_view("a.c\0", 4))
      .U8(0)
      .Zeros(16)
      .Text(std::string_view("b.h\0", 4))
      .U8(1)
      .Zeros(16);
  const std::vector<std::byte> line = Whole(5, header, ByteSink());
  const auto program = Read(line);
  ASSERT_TRUE(program);
  EXPECT_EQ(program->FilePath(0), "/other/a.c");
  EXPECT_EQ(program->FilePath(1), "/work/sub/b.h");
}

TEST_F(LineTable, CountsBeyondTheBytesAreRefused) {
  ByteSink header;
  Common(header);
  header.U8(0).U8(0xff).U8(0xff).U8(0xff).U8(0x7f);  // Folders without any bytes.
  EXPECT_FALSE(Read(Whole(5, header, ByteSink())));
  std::vector<std::byte> line = Version4(ByteSink());
  line[0] = std::byte{0xf0};
  EXPECT_FALSE(Read(line));
  std::vector<std::byte> zero_range = Version4(ByteSink());
  zero_range[4 + 2 + 4 + 4] = std::byte{0};  // line_range
  EXPECT_FALSE(Read(zero_range));
}

TEST_F(LineTable, EveryTruncationIsReadSafely) {
  ByteSink program = AtAddress(0x1000);
  End(program.U8(Special(1, 1)));
  const std::vector<std::byte> whole = Version4(program);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(Read(cut)) << size;
  }
}

}  // namespace
}  // namespace cairn::dwarf