#include "formats/dwarf/elf_unwind_tables.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

namespace cairn::dwarf {
namespace {

// This very test program.
class OwnTables : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream stream("/proc/self/exe", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
  }
  std::string bytes_;
};

model::ModuleOffset OffsetOfMain(const object::ElfFile& file) {
  for (const object::ElfSymbol& symbol : file.FunctionSymbols()) {
    if (symbol.name == "main") return symbol.offset;
  }
  return {};
}

TEST_F(OwnTables, CodeIsToldFromData) {
  const auto file = object::ElfFile::Open(base::AsBytes(bytes_));
  ASSERT_TRUE(file);
  const auto tables = ElfUnwindTables::Create(*file);
  ASSERT_TRUE(tables);
  EXPECT_EQ(tables->FindCode(OffsetOfMain(*file)), model::CodeAt::kFunction);
  EXPECT_EQ(tables->FindCode(file->OffsetOf(file->FindSection(".rodata")->address)), model::CodeAt::kNothing);
  EXPECT_EQ(tables->FindCode(file->OffsetOf(file->FindSection(".init")->address)), model::CodeAt::kUnknown);
  EXPECT_EQ(tables->Symbolize(OffsetOfMain(*file)), std::nullopt);
}

TEST_F(OwnTables, FileWithoutSectionsHasTheSameRows) {
  const auto file = object::ElfFile::Open(base::AsBytes(bytes_));
  ASSERT_TRUE(file);
  const model::ModuleOffset main = OffsetOfMain(*file);
  const auto with_sections = ElfUnwindTables::Create(*file);
  ASSERT_TRUE(with_sections);

  std::string stripped = bytes_;
  Elf64_Ehdr header;
  std::memcpy(&header, stripped.data(), sizeof header);
  header.e_shoff = 0;
  header.e_shnum = 0;
  std::memcpy(stripped.data(), &header, sizeof header);
  const auto stripped_file = object::ElfFile::Open(base::AsBytes(stripped));
  ASSERT_TRUE(stripped_file);
  EXPECT_TRUE(stripped_file->sections().empty());
  const auto tables = ElfUnwindTables::Create(*stripped_file);
  ASSERT_TRUE(tables) << base::Describe(tables.error());
  EXPECT_EQ(tables->eh_frame().ranges().size(), with_sections->eh_frame().ranges().size());
  ASSERT_TRUE(tables->FindUnwindRow(main));
  EXPECT_EQ(tables->FindUnwindRow(main), with_sections->FindUnwindRow(main));
  EXPECT_EQ(tables->FindCode(main), model::CodeAt::kFunction);
}

TEST_F(OwnTables, FileWithoutTablesSaysSo) {
  const auto file = object::ElfFile::Open(base::AsBytes(std::string_view(bytes_).substr(0, 4096)));
  ASSERT_TRUE(file);
  EXPECT_EQ(ElfUnwindTables::Create(*file).error().code, base::Code::kNotFound);
}

}  // namespace
}  // namespace cairn::dwarf
