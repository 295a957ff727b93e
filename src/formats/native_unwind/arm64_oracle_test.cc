// Compares arm64 rows with what real code does: clang and lld make a Windows DLL and a macOS library, and a
// follower of instructions says where registers lie in every prologue.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "formats/native_unwind/binary_symbols.h"
#include "formats/native_unwind/rule_building.h"
#include "formats/object/macho_file.h"
#include "formats/object/pe_file.h"

namespace cairn::native {
namespace {

// Follows real code from each function's start, as far as it is a prologue, and compares what it did with the
// rows.
class PrologueFollower {
 public:
  // False for an instruction that is no part of a prologue.
  bool Run(std::uint32_t code) {
    const auto first = static_cast<int>(code & 31);
    const auto second = static_cast<int>(code >> 10 & 31);
    const std::int64_t pair_offset =
        static_cast<std::int64_t>(static_cast<std::int32_t>(code << 10) >> 25) * 8;
    const std::int64_t single_offset = static_cast<std::int32_t>(code << 11) >> 23;
    const std::int64_t immediate = static_cast<std::int64_t>(code >> 10 & 0xfff) << ((code >> 22 & 1) * 12);
    if ((code & 0xff8003ff) == 0xd10003ff) return Lower(immediate);
    if ((code & 0xffc003e0) == 0xa98003e0) return Lower(-pair_offset) && Save(first, 0) && Save(second, 8);
    if ((code & 0xffc003e0) == 0xa90003e0) return Save(first, pair_offset) && Save(second, pair_offset + 8);
    if ((code & 0xffe00fe0) == 0xf8000fe0) return Lower(-single_offset) && Save(first, 0);
    if ((code & 0xffc003e0) == 0xf90003e0)
      return Save(first, static_cast<std::int64_t>(code >> 10 & 0xfff) * 8);
    if ((code & 0xffc003e0) == 0x6d8003e0) return Lower(-pair_offset);
    if ((code & 0xffe00fe0) == 0xfc000fe0) return Lower(-single_offset);
    if ((code & 0xff8003ff) == 0x910003fd) {
      frame_ = depth_ - immediate;
      return true;
    }
    return (code & 0xffc003e0) == 0x6d0003e0 || (code & 0xffc003e0) == 0xfd0003e0;
  }

  void Compare(const model::UnwindRow& row, std::uint64_t offset) const {
    const bool by_frame = row.cfa[0].value == model::kArm64Fp;
    EXPECT_EQ(row.cfa,
              by_frame ? RegisterPlus(model::kArm64Fp, frame_) : RegisterPlus(model::kArm64Sp, depth_))
        << std::hex << offset;
    std::map<int, model::Rule> rules;
    for (const model::RegisterRule& rule : row.registers) rules[rule.index] = rule.rule;
    if (row.return_address != RegisterPlus(model::kArm64Lr, 0)) rules[model::kArm64Lr] = row.return_address;
    std::map<int, model::Rule> expected;
    for (const auto& [index, place] : saved_) expected[index] = LoadFrom(CfaPlus(place));
    EXPECT_EQ(rules, expected) << std::hex << offset;
  }

 private:
  bool Lower(std::int64_t bytes) {
    depth_ += bytes;
    return true;
  }
  bool Save(int index, std::int64_t offset) {
    if (index < 19 || index > 30) return false;  // The body stores a parameter.
    saved_[index] = offset - depth_;
    return true;
  }

  std::int64_t depth_ = 0;
  std::int64_t frame_ = 0;
  std::map<int, std::int64_t> saved_;  // From the CFA.
};

constexpr const char* kSource = R"(
volatile int sink;
#ifdef _WIN32
int _fltused;
__attribute__((naked)) void __chkstk(void) { __asm__("ret"); }
#endif
__attribute__((noinline)) static int leaf(int a) { return a * 3 + 1; }
__attribute__((noinline)) int many(int a, int b, int c, int d, int e, int f, double g) {
  int x = leaf(a), y = leaf(b), z = leaf(c), w = leaf(d), v = leaf(e), u = leaf(f);
  for (int i = 0; i < a; ++i) { x += leaf(y); z ^= leaf(w + i); v -= leaf(u); g = g * leaf(x) + g; }
  return x + y * z + w - v + u + (int)g;
}
int medium(int a) { volatile char b[600]; b[a] = 1; return many(a, b[a], 3, 4, 5, 6, a) + a; }
int single(int a) { sink = leaf(a); return leaf(sink) + a; }
int sum(int n, ...) { __builtin_va_list l; __builtin_va_start(l, n); int r = leaf(__builtin_va_arg(l, int)); return r + n; }
int dynamic(int n) { volatile char* p = __builtin_alloca((n & 31) + 16); p[0] = 1; return p[0] + leaf(n); }
)";

std::vector<std::uint64_t> WindowsStarts(base::Bytes bytes) {
  std::vector<std::uint64_t> starts;
  const auto file = object::PeFile::Open(bytes);
  base::ByteReader functions(file->ExceptionDirectory());
  while (functions.remaining() >= 8) {
    starts.push_back(functions.Read<std::uint32_t>());
    functions.Skip(4);
  }
  return starts;
}

std::vector<std::uint64_t> MacStarts(base::Bytes bytes) {
  std::vector<std::uint64_t> starts;
  for (const model::ModuleOffset start : object::MachOFile::Open(bytes)->FunctionStarts())
    starts.push_back(start.value);
  return starts;
}

struct Recipe {
  const char* name;
  const char* target;
  const char* link;
  std::vector<std::uint64_t> (*starts)(base::Bytes bytes);
};

class Arm64Oracle : public ::testing::TestWithParam<Recipe> {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "cairn-arm64-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // The library's bytes; empty if it cannot be made.
  std::string Make(const std::string& options) {
    std::ofstream(folder_ / "source.c") << kSource;
    const std::string command = "cd " + folder_.string() + " && clang-19 -target " + GetParam().target + " " +
                                options +
                                " -fno-builtin -fno-stack-protector -c source.c -o source.o 2>/dev/null && " +
                                GetParam().link + "library source.o >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) return {};
    std::ifstream stream(folder_ / "library", std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::filesystem::path folder_;
};

TEST_P(Arm64Oracle, RowsFollowRealPrologues) {
  std::size_t instructions = 0;
  for (const char* options : {"-O0", "-O1", "-O2", "-Os"}) {
    const std::string library = Make(options);
    if (library.empty())
      GTEST_SKIP() << "clang-19 or lld-19 cannot make an arm64 library here: nothing to compare with";
    const base::Bytes bytes = base::AsBytes(library);
    const auto symbols = OpenBinary(bytes);
    ASSERT_TRUE(symbols);
    for (const std::uint64_t start : GetParam().starts(bytes)) {
      PrologueFollower follower;
      for (std::uint64_t offset = start;; offset += 4) {
        const auto row = (*symbols)->FindUnwindRow({offset});
        ASSERT_TRUE(row) << std::hex << offset;
        follower.Compare(*row, offset);
        ++instructions;
        base::ByteReader code((*symbols)->ReadCode({offset}, 4));
        if (!follower.Run(code.Read<std::uint32_t>())) break;
      }
    }
  }
  EXPECT_GT(instructions, 50u);
}

INSTANTIATE_TEST_SUITE_P(
    Libraries, Arm64Oracle,
    ::testing::Values(Recipe{"Windows", "aarch64-pc-windows-msvc",
                             "lld-link-19 /dll /noentry /nodefaultlib /opt:noref /out:", WindowsStarts},
                      Recipe{"Mac", "arm64-apple-macos11",
                             "ld64.lld-19 -dylib -arch arm64 -platform_version macos 11 11 -o ", MacStarts}),
    [](const auto& recipe) { return std::string(recipe.param.name); });

}  // namespace
}  // namespace cairn::native
