#include "handler/module_list.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>

#include "base/hex.h"
#include "handler/fake_process.h"

namespace cairn::handler {
namespace {

constexpr std::uint64_t kBase = 0x400000;

template <typename T>
void PutAt(std::vector<std::byte>& bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(value));
}

// The first page of an ELF file: a header, two program headers (load, notes) and a build id of four bytes.
//
//   0x00 ELF header   0x40 PT_LOAD   0x78 PT_NOTE   0x100 a note that is no build id   0x114 the build id's
//   note
std::vector<std::byte> ElfPage() {
  std::vector<std::byte> page(4096);
  PutAt(page, 0, std::uint32_t{0x464c457f});
  PutAt(page, 32, std::uint64_t{0x40});
  PutAt(page, 56, std::uint16_t{2});
  PutAt(page, 0x40, std::uint32_t{1});
  PutAt(page, 0x40 + 16, std::uint64_t{0x10000});  // The link address of the first byte.
  PutAt(page, 0x78, std::uint32_t{4});
  PutAt(page, 0x78 + 16, std::uint64_t{0x10100});
  PutAt(page, 0x78 + 40, std::uint64_t{0x28});
  const std::array<std::uint32_t, 10> notes{4, 4, 1, 0x00554e47, 0, 4, 4, 3, 0x00554e47, 0x04030201};
  std::memcpy(page.data() + 0x100, notes.data(), sizeof(notes));
  return page;
}

constexpr const char* kMaps =
    "300000-301000 r--p 00000000 08:01 6 /lib/data.bin\n"
    "400000-401000 r--p 00000000 08:01 7 /lib/a.so\n"
    "401000-405000 r-xp 00001000 08:01 7 /lib/a.so\n"
    "405000-406000 rw-p 00000000 00:00 0 \n"
    "406000-407000 rw-p 00005000 08:01 7 /lib/a.so\n"
    "500000-502000 r-xp 00000000 08:01 8 /bin/main\n"
    "600000-602000 r-xp 00000000 00:00 0 [vdso]\n";

TEST(ModuleListTest, MappingsOfOneFileAreOneModuleAndTheMainOneIsFirst) {
  FakeProcess process;
  const auto modules = ReadModules(process, ParseMaps(kMaps), "/bin/main");
  ASSERT_EQ(modules.size(), 3U);
  EXPECT_EQ(modules[0].path, "/bin/main");
  EXPECT_EQ(modules[1].path, "/lib/a.so");
  EXPECT_EQ(modules[1].base.value, kBase);
  EXPECT_EQ(modules[1].size, 0x7000U);
  EXPECT_EQ(modules[2].path, "linux-gate.so");
}

TEST(ModuleListTest, ReadsTheBuildIdBehindAnotherNote) {
  FakeProcess process;
  process.Put(kBase, ElfPage());
  const auto modules = ReadModules(process, ParseMaps(kMaps), "/lib/a.so");
  EXPECT_EQ(base::BytesToHex(modules[0].build_id), "01020304");
}

TEST(ModuleListTest, HeadersThatLieGiveNoBuildId) {
  for (const std::size_t broken : {32U, 0x40U, 0x78U + 16U, 0x100U, 0x114U}) {
    std::vector<std::byte> page = ElfPage();
    PutAt(page, broken, std::uint32_t{0xffffffff});
    FakeProcess process;
    process.Put(kBase, page);
    const auto modules = ReadModules(process, ParseMaps(kMaps), "/lib/a.so");
    EXPECT_TRUE(modules[0].build_id.empty()) << broken;
  }
}

// Found by fuzzing: the name leaves the notes and the description is empty. The search used to go on for
// ever.
TEST(ModuleListTest, ANoteWhoseNameIsTooLongEndsTheSearch) {
  std::vector<std::byte> page = ElfPage();
  PutAt(page, 0x100, std::uint32_t{0xffff});
  PutAt(page, 0x104, std::uint32_t{0});
  FakeProcess process;
  process.Put(kBase, page);
  EXPECT_TRUE(ReadModules(process, ParseMaps(kMaps), "/lib/a.so")[0].build_id.empty());
}

}  // namespace
}  // namespace cairn::handler
