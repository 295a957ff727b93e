#include "formats/object/elf_file.h"

#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "base/hex.h"

namespace cairn::object {
namespace {

using base::AsBytes;

template <typename T>
void Put(std::string& bytes, T value) {
  bytes.append(static_cast<const char*>(static_cast<const void*>(&value)), sizeof(T));
}

struct Note {
  std::uint32_t type;
  std::string name;
  std::string value;
};

std::string NoteBytes(const Note& note) {
  std::string bytes;
  Put(bytes, static_cast<std::uint32_t>(note.name.size()));
  Put(bytes, static_cast<std::uint32_t>(note.value.size()));
  Put(bytes, note.type);
  bytes += note.name;
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  bytes += note.value;
  bytes.resize((bytes.size() + 3) & ~std::size_t{3});
  return bytes;
}

// A 64-bit file without sections: header | PT_LOAD at `load_address` | PT_NOTE | notes.
std::string SectionlessFile(std::uint64_t load_address, const std::string& notes) {
  std::string file = std::string(
                         "\x7f"
                         "ELF\2\1\1",
                         7) +
                     std::string(9, '\0');
  Put<std::uint16_t>(file, 3);   // e_type
  Put<std::uint16_t>(file, 62);  // e_machine
  Put<std::uint32_t>(file, 1);   // e_version
  Put<std::uint64_t>(file, 0);   // e_entry
  Put<std::uint64_t>(file, 64);  // e_phoff
  Put<std::uint64_t>(file, 0);   // e_shoff
  Put<std::uint32_t>(file, 0);   // e_flags
  Put<std::uint16_t>(file, 64);  // e_ehsize
  Put<std::uint16_t>(file, 56);  // e_phentsize
  Put<std::uint16_t>(file, 2);   // e_phnum
  Put<std::uint16_t>(file, 0);   // e_shentsize
  Put<std::uint16_t>(file, 0);   // e_shnum
  Put<std::uint16_t>(file, 0);   // e_shstrndx
  const std::uint64_t notes_offset = 64 + 2 * 56;
  const auto segment = [&file](std::uint32_t type, std::uint64_t offset, std::uint64_t address,
                               std::uint64_t size) {
    Put(file, type);
    Put<std::uint32_t>(file, 5);
    Put(file, offset);
    Put(file, address);
    Put(file, address);
    Put(file, size);
    Put(file, size);
    Put<std::uint64_t>(file, 4);
  };
  segment(kSegmentLoad, 0, load_address, notes_offset + notes.size());
  segment(kSegmentNote, notes_offset, load_address + notes_offset, notes.size());
  return file + notes;
}

const Note kOtherNote = {1, std::string("GNU\0", 4), "0123456789abcdef"};
const Note kBuildIdNote = {3, std::string("GNU\0", 4), "\x01\x02\x03\x04\x05"};

TEST(ElfFile, FindsTheBuildIdBehindOtherNotesWithoutSections) {
  const std::string bytes = SectionlessFile(0, NoteBytes(kOtherNote) + NoteBytes(kBuildIdNote));
  const auto file = ElfFile::Open(AsBytes(bytes));
  ASSERT_TRUE(file);
  EXPECT_EQ(base::BytesToHex(file->build_id()), "0102030405");
  EXPECT_EQ(file->cpu(), model::Cpu::kAmd64);
  EXPECT_TRUE(file->sections().empty());
  EXPECT_TRUE(file->FunctionSymbols().empty());
}

TEST(ElfFile, OffsetsCountFromTheFirstLoadedPage) {
  const std::string bytes = SectionlessFile(0x400040, NoteBytes(kBuildIdNote));
  const auto file = ElfFile::Open(AsBytes(bytes));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->load_base().value, 0x400000u);
  EXPECT_EQ(file->OffsetOf({0x400123}).value, 0x123u);
  EXPECT_EQ(file->image_size(), 0x40 + bytes.size());
  EXPECT_EQ(file->BytesAt({0x400041}).size(), bytes.size() - 1);
  EXPECT_TRUE(file->BytesAt({0x500000}).empty());
}

TEST(ElfFile, RefusesWhatIsNotElfAndSaysWhy) {
  EXPECT_EQ(ElfFile::Open(AsBytes("MZ")).error().code, base::Code::kBadMagic);
  EXPECT_EQ(ElfFile::Open({}).error().code, base::Code::kBadMagic);
  std::string big_endian = SectionlessFile(0, "");
  big_endian[5] = 2;
  EXPECT_EQ(ElfFile::Open(AsBytes(big_endian)).error().code, base::Code::kUnsupported);
}

TEST(ElfFile, EveryTruncationIsAnErrorOrAFileWithLess) {
  const std::string bytes = SectionlessFile(0, NoteBytes(kBuildIdNote));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto file = ElfFile::Open(AsBytes(std::string_view(bytes).substr(0, size)));
    EXPECT_TRUE(!file || file->build_id().empty()) << size;
  }
}

TEST(ElfFile, NoteWhoseSizeWrapsIsNoBuildId) {
  std::string notes = NoteBytes(kBuildIdNote);
  notes[4] = notes[5] = notes[6] = notes[7] = '\xff';  // n_descsz
  const std::string bytes = SectionlessFile(0, notes);
  const auto file = ElfFile::Open(AsBytes(bytes));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->build_id().empty());
}

// Header | a table of `section_count` sections, all with one long name, the first of which holds it | the
// name.
std::string ManyNamesFile(std::uint16_t section_count, std::size_t name_bytes) {
  std::string file = SectionlessFile(0, "").substr(0, 64);
  const auto set = [&file](std::size_t offset, auto value) {
    std::memcpy(file.data() + offset, &value, sizeof value);
  };
  set(40, std::uint64_t{64});  // e_shoff
  set(56, std::uint16_t{0});   // e_phnum
  set(58, std::uint16_t{64});  // e_shentsize
  set(60, section_count);      // e_shnum
  file.resize(64 + section_count * std::size_t{64});
  set(64 + 24, std::uint64_t{file.size()});     // sh_offset
  set(64 + 32, std::uint64_t{name_bytes + 1});  // sh_size
  return file.append(name_bytes, 'A').append(1, '\0');
}

TEST(ElfFile, NamesThatOverlapAreBoundedTogether) {
  const std::string bytes = ManyNamesFile(2000, 1 << 20);
  const auto file = ElfFile::Open(AsBytes(bytes));
  ASSERT_TRUE(file);
  ASSERT_EQ(file->sections().size(), 2000u);
  EXPECT_EQ(file->sections()[0].name.size(), std::size_t{1} << 20);
  EXPECT_TRUE(file->sections()[1999].name.empty()) << "2 GiB of names in 1 MiB";
}

// This very test program, as the linker made it: every table is there.
class OwnFile : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream stream("/proc/self/exe", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(stream), {});
  }
  std::string bytes_;
};

TEST_F(OwnFile, HasSectionsSegmentsAndItsFunctions) {
  const auto file = ElfFile::Open(AsBytes(bytes_));
  ASSERT_TRUE(file) << base::Describe(file.error());
  ASSERT_NE(file->FindSection(".text"), nullptr);
  EXPECT_EQ(file->FindSection(".nothing"), nullptr);
  EXPECT_FALSE(file->SectionBytes(*file->FindSection(".text")).empty());
  EXPECT_TRUE(file->SectionBytes(*file->FindSection(".bss")).empty());
  EXPECT_GE(file->build_id().size(), 8u);
  bool found_main = false;
  for (const ElfSymbol& symbol : file->FunctionSymbols()) {
    if (symbol.name != "main") continue;
    found_main = true;
    EXPECT_TRUE(symbol.global);
    EXPECT_GT(symbol.size, 0u);
  }
  EXPECT_TRUE(found_main);
}

TEST_F(OwnFile, CutFilesNeverReadOutside) {
  for (std::size_t size = 0; size < 4096; size += 7) {
    (void)ElfFile::Open(AsBytes(std::string_view(bytes_).substr(0, size)));
  }
  // Sections stand at the end: a file without its tail keeps segments and build id.
  const auto file = ElfFile::Open(AsBytes(std::string_view(bytes_).substr(0, bytes_.size() - 1)));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->sections().empty());
  EXPECT_FALSE(file->build_id().empty());
}

TEST(ElfFile, WithoutABuildIdTheCodeNamesTheFile) {
  const std::string bytes = SectionlessFile(0, "");
  const auto file = ElfFile::Open(AsBytes(bytes));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->Identifier().empty()) << "neither a build id nor .text";
}

}  // namespace
}  // namespace cairn::object
