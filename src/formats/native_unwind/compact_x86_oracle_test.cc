// The oracle: for 32-bit macOS a compiler writes compact encodings and .eh_frame of the same code. Within
// prologues and behind calls the two must give the same row.
//
// No linker at hand makes such libraries, so the sections of the object file are put into one.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "formats/dwarf/eh_frame.h"
#include "formats/native_unwind/binary_symbols.h"
#include "formats/object/macho_file.h"
#include "testing/compact_unwind_builder.h"
#include "testing/macho_builder.h"

namespace cairn::native {
namespace {

using testing::MachOBuilder;

constexpr const char* kSource = R"(
volatile int sink;
#define CALLED __attribute__((noinline))
CALLED int leaf(int a) { sink = a; return a * 3 + 1; }
CALLED int many(int a, int b, int c, int d, int e, int f) {
  int x = leaf(a), y = leaf(b), z = leaf(c), w = leaf(d), v = leaf(e), u = leaf(f);
  for (int i = 0; i < a; ++i) { x += leaf(y); z ^= leaf(w + i); v -= leaf(u); }
  return x + y * z + w - v + u;
}
CALLED int big(int a) { volatile char b[20000]; b[a] = 1; return many(a, b[a], b[a + 1], 0, a, a) + b[a]; }
CALLED int medium(int a) { volatile char b[600]; b[a] = 1; return many(a, b[a], b[a + 1], 0, a, a) + b[a]; }
CALLED int two(int a, int b) { return leaf(a) * leaf(b) + a; }
)";

constexpr std::uint32_t kCode = 0x1000;
constexpr std::uint32_t kUnwindInfo = 0x8000;

class CompactX86Oracle : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "cairn-x86-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  bool Make() {
    std::ofstream(folder_ / "source.c") << kSource;
    const std::string command = "cd " + folder_.string() + " && clang-19 -target i386-apple-macos10.13 " +
                                GetParam() +
                                " -fno-builtin -fno-stack-protector -c source.c -o source.o 2>errors";
    if (std::system(command.c_str()) != 0) return false;
    std::ifstream stream(folder_ / "source.o", std::ios::binary);
    object_.assign(std::istreambuf_iterator<char>(stream), {});
    return true;
  }

  std::filesystem::path folder_;
  std::string object_;
};

// The object's code and encodings as a library has them.
std::vector<std::byte> MakeLibrary(const object::MachOSection& code, const object::MachOSection& compact) {
  std::vector<testing::CompactFunction> functions;
  base::ByteReader reader(compact.bytes);
  while (reader.remaining() > 0) {
    const auto start = reader.Read<std::uint32_t>();
    reader.Skip(4);
    functions.push_back({kCode + start, reader.Read<std::uint32_t>()});
    reader.Skip(8);
  }
  MachOBuilder builder;
  builder.cpu = MachOBuilder::kX86;
  builder.wide = false;
  builder.base = 0;
  builder.AddSection("__text", kCode, {code.bytes.begin(), code.bytes.end()});
  builder.AddSection("__unwind_info", kUnwindInfo,
                     testing::RegularUnwindInfo(functions, kCode + static_cast<std::uint32_t>(code.size)));
  return builder.Build();
}

// By register, without those that a call does not preserve.
void Sort(model::UnwindRow& row) {
  std::erase_if(row.registers, [](const model::RegisterRule& rule) {
    return rule.index == model::kEcx || rule.index == model::kEdx;
  });
  std::ranges::sort(row.registers, {}, &model::RegisterRule::index);
}

// Whether a call of a function in `code` ends before `offset`; e8 is found in operands too.
bool FollowsCall(base::Bytes code, std::uint64_t offset) {
  constexpr std::size_t kCallBytes = 5;
  if (offset < kCallBytes || code[offset - kCallBytes] != std::byte{0xe8}) return false;
  const auto distance = base::ByteReader(code.subspan(offset - 4)).Read<std::uint32_t>();
  return static_cast<std::uint32_t>(offset + distance) < code.size();
}

TEST_P(CompactX86Oracle, RowsAreThoseOfEhFrame) {
  if (!Make()) GTEST_SKIP() << "clang-19 is not here";
  const auto object = object::MachOFile::Open(base::AsBytes(object_));
  ASSERT_TRUE(object);
  const object::MachOSection* const code = object->FindSection("__TEXT", "__text");
  const object::MachOSection* const compact = object->FindSection("__LD", "__compact_unwind");
  ASSERT_TRUE(code != nullptr && compact != nullptr);
  const std::vector<std::byte> bytes = MakeLibrary(*code, *compact);
  const auto library = OpenBinary(bytes);
  ASSERT_TRUE(library);
  const auto with_eh_frame = OpenBinary(base::AsBytes(object_));
  ASSERT_TRUE(with_eh_frame);

  int rows = 0;
  for (std::uint64_t offset = 0; offset < code->size; ++offset) {
    std::optional<model::UnwindRow> wanted = (*with_eh_frame)->FindUnwindRow({offset});
    std::optional<model::UnwindRow> found = (*library)->FindUnwindRow({kCode + offset});
    const bool is_start =
        offset == 0 || (wanted && (*with_eh_frame)->FindUnwindRow({offset - 1}) == std::nullopt);
    if ((!FollowsCall(code->bytes, offset) && !is_start) || !wanted) continue;
    if (!found) continue;  // The compiler left this function to .eh_frame.
    Sort(*wanted);
    Sort(*found);
    EXPECT_EQ(*found, *wanted) << std::hex << offset;
    ++rows;
  }
  EXPECT_GT(rows, 10);
}

INSTANTIATE_TEST_SUITE_P(Code, CompactX86Oracle,
                         ::testing::Values("-O0", "-O2", "-Os", "-O2 -fomit-frame-pointer",
                                           "-Os -fomit-frame-pointer"));

}  // namespace
}  // namespace cairn::native
