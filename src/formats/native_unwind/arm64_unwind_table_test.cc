#include "formats/native_unwind/arm64_unwind_table.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"
#include "testing/pe_builder.h"

namespace cairn::native {
namespace {

using testing::ByteSink;
using testing::PeBuilder;
using Registers = std::vector<model::RegisterRule>;

model::RegisterRule SavedAt(model::RegisterIndex index, std::int64_t from_cfa) {
  return {index, LoadFrom(CfaPlus(from_cfa))};
}

// Code over [0x1000, 0x1200), one function from 0x1010 on; `xdata` stands at 0x2000.
std::vector<std::byte> Image(std::uint32_t unwind_data,
                             std::vector<std::byte> xdata = std::vector<std::byte>(4)) {
  PeBuilder builder;
  builder.machine = 0xaa64;
  builder.AddSection(".text", 0x1000, std::vector<std::byte>(0x200));
  builder.AddSection(".xdata", 0x2000, std::move(xdata));
  ByteSink table;
  table.U32(0x1010).U32(unwind_data);
  builder.AddSection(".pdata", 0x3000, table.Take());
  builder.SetDirectory(PeBuilder::kExceptionEntry, 0x3000, 8);
  return builder.Build();
}

std::optional<model::UnwindRow> Row(const std::vector<std::byte>& image, std::uint64_t offset) {
  const auto file = object::PeFile::Open(image);
  EXPECT_TRUE(file);
  return Arm64UnwindTable(*file).FindRow({offset});
}

// A record of .xdata with one epilogue at the function's end.
std::vector<std::byte> Record(std::uint32_t function_bytes, std::initializer_list<int> codes,
                              std::uint32_t epilogue) {
  ByteSink sink;
  const auto words = static_cast<std::uint32_t>((codes.size() + 3) / 4);
  sink.U32(function_bytes / 4 | 1u << 21 | epilogue << 22 | words << 27);
  for (const int code : codes) sink.U8(static_cast<std::uint8_t>(code));
  return sink.AlignTo(4).Take();
}

TEST(Arm64UnwindTable, CodesAreTakenBackAsFarAsTheyHaveRun) {
  // stp x19, x20, [sp, -32]!; stp x29, lr, [sp, 16]; add x29, sp, 16 ... ldp x29, lr, [sp, 16]; ldp x19, x20,
  // [sp], 32
  const auto image = Image(0x2000, Record(0x40, {0xe2, 2, 0x42, 0x24, 0xe4, 0x42, 0x24, 0xe4}, 5));
  const auto entry = Row(image, 0x1010);
  ASSERT_TRUE(entry);
  EXPECT_EQ(entry->cfa, RegisterPlus(model::kArm64Sp, 0));
  EXPECT_EQ(entry->return_address, RegisterPlus(model::kArm64Lr, 0));
  EXPECT_EQ(Row(image, 0x1014)->registers, (Registers{SavedAt(19, -32), SavedAt(20, -24)}));
  EXPECT_EQ(Row(image, 0x1018)->return_address, LoadFrom(CfaPlus(-8)));
  const auto body = Row(image, 0x1030);
  EXPECT_EQ(body->cfa, RegisterPlus(model::kArm64Fp, 16));
  EXPECT_EQ(body->registers, (Registers{SavedAt(19, -32), SavedAt(20, -24), SavedAt(model::kArm64Fp, -16)}));
  EXPECT_EQ(Row(image, 0x1044)->cfa, RegisterPlus(model::kArm64Sp, 32));  // The epilogue's first instruction.
  EXPECT_EQ(Row(image, 0x1048)->return_address, RegisterPlus(model::kArm64Lr, 0));
  EXPECT_EQ(Row(image, 0x104c)->cfa, RegisterPlus(model::kArm64Sp, 0));
  EXPECT_EQ(Row(image, 0x1050)->cfa, RegisterPlus(model::kArm64Sp, 0));  // Behind the function: a leaf.
}

TEST(Arm64UnwindTable, SaveNextMeansTheFollowingPair) {
  const auto image = Image(0x2000, Record(0x40, {0xe6, 0xcc, 0x05, 0xe4}, 3));  // x19 to x22 in 48 bytes
  EXPECT_EQ(Row(image, 0x1030)->registers,
            (Registers{SavedAt(19, -48), SavedAt(20, -40), SavedAt(21, -32), SavedAt(22, -24)}));
}

TEST(Arm64UnwindTable, PackedRowStandsForTheCanonicalPrologue) {
  // 64 bytes of code, x19 and x20, a chained frame, 48 bytes in all: 16 of saves and 32 of locals.
  const std::uint32_t packed = 1 | 16 << 2 | 2 << 16 | 3 << 21 | 3 << 23;
  const auto image = Image(packed);
  EXPECT_EQ(Row(image, 0x1014)->cfa, RegisterPlus(model::kArm64Sp, 16));
  EXPECT_EQ(Row(image, 0x1018)->cfa, RegisterPlus(model::kArm64Sp, 48));
  const auto body = Row(image, 0x1030);
  EXPECT_EQ(body->cfa, RegisterPlus(model::kArm64Fp, 48));
  EXPECT_EQ(body->return_address, LoadFrom(CfaPlus(-40)));
  EXPECT_EQ(body->registers, (Registers{SavedAt(19, -16), SavedAt(20, -8), SavedAt(model::kArm64Fp, -48)}));
  EXPECT_EQ(Row(image, 0x1048)->cfa, RegisterPlus(model::kArm64Sp, 16));  // ldp x19, x20, [sp], 16
}

TEST(Arm64UnwindTable, PackedFragmentIsAllBody) {
  const auto image = Image(2 | 16 << 2 | 1 << 16 | 1 << 21 | 2 << 23);  // x19 and lr, 16 bytes of locals
  const auto row = Row(image, 0x1010);
  EXPECT_EQ(row->cfa, RegisterPlus(model::kArm64Sp, 32));
  EXPECT_EQ(row->return_address, LoadFrom(CfaPlus(-8)));
  EXPECT_EQ(row->registers, (Registers{SavedAt(19, -16)}));
}

TEST(Arm64UnwindTable, BrokenRecordsGiveNoRow) {
  EXPECT_FALSE(Row(Image(0x2000, Record(0x40, {0xe8, 0xe4}, 0)), 0x1030));              // A trap frame.
  EXPECT_FALSE(Row(Image(0x2000, Record(0x40, {0x01, 0x01, 0x01, 0x01}, 0)), 0x1030));  // No end.
  EXPECT_FALSE(Row(Image(0x9000), 0x1030));
  EXPECT_FALSE(Row(Image(3), 0x1030));
}

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
int _fltused;
__attribute__((naked)) void __chkstk(void) { __asm__("ret"); }
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

TEST(Arm64UnwindTable, RowsFollowRealPrologues) {
  std::string name = (std::filesystem::temp_directory_path() / "cairn-arm64-XXXXXX").string();
  ASSERT_NE(mkdtemp(name.data()), nullptr);
  const std::filesystem::path folder = name;
  std::size_t instructions = 0;
  for (const char* options : {"-O0", "-O1", "-O2", "-Os"}) {
    std::ofstream(folder / "source.c") << kSource;
    const std::string command =
        "cd " + folder.string() + " && clang-19 -target aarch64-pc-windows-msvc " + options +
        " -fno-builtin -c source.c -o source.o 2>/dev/null && lld-link-19 /dll /noentry " +
        "/nodefaultlib /opt:noref /out:library source.o >/dev/null 2>&1";
    if (std::system(command.c_str()) != 0) {
      std::filesystem::remove_all(folder);
      GTEST_SKIP() << "clang-19 or lld-19 cannot make an arm64 image here: nothing to compare with";
    }
    std::ifstream stream(folder / "library", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(stream)), {});
    const auto file = object::PeFile::Open(base::AsBytes(bytes));
    ASSERT_TRUE(file);
    const Arm64UnwindTable table(*file);
    base::ByteReader functions(file->ExceptionDirectory());
    while (functions.remaining() >= 8) {
      const std::uint64_t start = functions.Read<std::uint32_t>();
      functions.Skip(4);
      base::ByteReader code(file->BytesAt({start}));
      PrologueFollower follower;
      for (std::uint64_t offset = start;; offset += 4) {
        const auto row = table.FindRow({offset});
        ASSERT_TRUE(row) << std::hex << offset;
        follower.Compare(*row, offset);
        ++instructions;
        if (!follower.Run(code.Read<std::uint32_t>())) break;
      }
    }
  }
  std::filesystem::remove_all(folder);
  EXPECT_GT(instructions, 50u);
}

}  // namespace
}  // namespace cairn::native
