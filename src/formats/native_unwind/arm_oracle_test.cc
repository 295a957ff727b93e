// The oracle: a compiler writes .debug_frame and .ARM.exidx of the same code, in both instruction sets. Where
// a function calls, the two must give the same row; .debug_frame's rows are compared with llvm-dwarfdump's in
// formats/dwarf.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "formats/dwarf/elf_unwind_tables.h"
#include "formats/native_unwind/arm_unwind_table.h"
#include "formats/object/compressed_section.h"

namespace cairn::native {
namespace {

constexpr const char* kSource = R"(
volatile int sink;
__attribute__((noinline)) static int leaf(int a) { sink = a; return a * 3 + 1; }
__attribute__((noinline)) int many(int a, int b, int c, int d, double e) {
  int x = leaf(a), y = leaf(b), z = leaf(c), w = leaf(d);
  for (int i = 0; i < a; ++i) { x += leaf(y); z ^= leaf(w + i); e = e * 1.5 + leaf((int)e); }
  return x + y * z + w + (int)e;
}
int variable(int n, ...) {
  __builtin_va_list list;
  __builtin_va_start(list, n);
  int sum = leaf(n);
  for (int i = 0; i < n; ++i) sum += leaf(__builtin_va_arg(list, int));
  __builtin_va_end(list);
  return sum;
}
int dynamic(int n) {
  volatile char* p = __builtin_alloca((n & 31) + 16);
  p[0] = 1;
  sink = many(p[0], n, 1, 2, 0.5);
  return p[0] + leaf(n);
}
int big(int a) { volatile char b[20000]; b[a] = 1; return many(a, b[a], b[a + 1], 0, a) + b[a]; }
int medium(int a) { volatile char b[600]; b[a] = 1; return many(a, b[a], b[a + 1], 0, a) + b[a]; }
)";

class ArmOracle : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "cairn-arm-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool Make() const {
    std::ofstream(folder_ / "source.c") << kSource;
    const std::string command =
        "cd " + folder_.string() + " && clang-19 -target armv7-linux-gnueabihf " + GetParam() +
        " -fPIC -g -funwind-tables -fno-builtin -fno-stack-protector -c source.c -o source.o 2>errors && " +
        "ld.lld-19 -shared --compress-debug-sections=zstd -o library source.o 2>>errors";
    return std::system(command.c_str()) == 0;
  }

  std::filesystem::path folder_;
};

// Whether a call of either instruction set ends before `offset`.
bool FollowsCall(const object::ElfFile& file, model::ModuleOffset offset, bool is_thumb) {
  const base::Bytes code = file.BytesAt({offset.value - 4});
  if (code.size() < 4) return false;
  const auto word = base::ByteReader(code).Read<std::uint32_t>();
  if (!is_thumb) return (word & 0xff000000) == 0xeb000000;
  return (word & 0xf800) == 0xf000 && (word >> 16 & 0xc000) == 0xc000;
}

void Sort(model::UnwindRow& row) {
  std::ranges::sort(row.registers, {}, &model::RegisterRule::index);
  std::erase_if(row.registers, [](const model::RegisterRule& rule) { return rule.index > model::kArmFp; });
}

TEST_P(ArmOracle, CallsHaveTheRowsOfDebugFrame) {
  if (!Make()) GTEST_SKIP() << "clang-19 or lld-19 is not here";
  std::ifstream stream(folder_ / "library", std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(stream), {}};
  const auto file = object::ElfFile::Open(base::AsBytes(bytes));
  ASSERT_TRUE(file);
  const auto table = ArmUnwindTable::Create(*file);
  ASSERT_TRUE(table);
  const auto unpacked = object::UnpackDebugSection(*file, "frame");
  ASSERT_TRUE(unpacked) << "the linker was told to compress it";
  const auto input = dwarf::FindDebugFrame(*file, *unpacked);
  ASSERT_TRUE(input);
  const auto debug_frame = dwarf::EhFrame::Create(*input);
  ASSERT_TRUE(debug_frame);

  const object::ElfSection* const text = file->FindSection(".text");
  ASSERT_NE(text, nullptr);
  const bool is_thumb = std::string(GetParam()).find("-mthumb") != std::string::npos;
  const std::uint64_t start = file->OffsetOf(text->address).value;
  int calls = 0;
  for (std::uint64_t offset = start + 4; offset < start + text->size; offset += is_thumb ? 2 : 4) {
    if (!FollowsCall(*file, {offset}, is_thumb)) continue;
    std::optional<model::UnwindRow> wanted = debug_frame->Find({offset - 2});
    std::optional<model::UnwindRow> found = table->FindRow({offset - 2});
    if (!wanted) continue;  // A table between functions.
    ASSERT_TRUE(found) << std::hex << offset;
    Sort(*wanted);
    Sort(*found);
    EXPECT_EQ(*found, *wanted) << std::hex << offset;
    ++calls;
  }
  EXPECT_GT(calls, 12);
}

INSTANTIATE_TEST_SUITE_P(Code, ArmOracle,
                         ::testing::Values("-marm -O0", "-marm -O2", "-mthumb -O0", "-mthumb -O2",
                                           "-mthumb -Os", "-marm -O2 -fno-omit-frame-pointer"));

}  // namespace
}  // namespace cairn::native
