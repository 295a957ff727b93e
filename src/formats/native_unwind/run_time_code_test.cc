#include "formats/native_unwind/run_time_code.h"

#include <gtest/gtest.h>

#include "formats/native_unwind/rule_building.h"
#include "testing/byte_sink.h"
#include "testing/x64_unwind_builder.h"

namespace cairn::native {
namespace {

using model::CodeAt;
using testing::X64Code;
using testing::X64FunctionTable;

constexpr std::uint64_t kHeap = 0x1'2345'0000;

// Code at [kHeap, kHeap + 0x1000). What its table says of functions lies at 0x800 and 0x810: one that lets
// 0x28 bytes, one that saves rbp and points it at its frame.
class RunTimeCodeTest : public ::testing::Test {
 protected:
  RunTimeCodeTest() {
    testing::ByteSink sink;
    sink.Zeros(0x800);
    testing::AppendX64Info(sink, {.codes = {X64Code(0, 2, 4)}});
    sink.Zeros(0x810 - sink.size());
    testing::AppendX64Info(sink, {.frame_register = 5, .codes = {X64Code(4, 3, 0), X64Code(1, 0, 5)}});
    bytes_ = sink.Take();
    memory_ = {{{kHeap}, bytes_}};
  }
  RunTimeTable Table(std::uint64_t start, const std::vector<std::byte>& entries) const {
    return {.range = {.start = {start}, .end = {start + 0x1000}, .base = {kHeap}},
            .entries = entries,
            .entry_bytes = 12};
  }

  std::vector<std::byte> bytes_;
  std::vector<model::MemoryView> memory_;
};

TEST_F(RunTimeCodeTest, RowsComeFromTheTableThatHoldsTheAddress) {
  const auto entries = X64FunctionTable({{0x100, 0x200, 0x800}, {0x200, 0x300, 0x810}});
  const auto others = X64FunctionTable({{0x1010, 0x1020, 0x800}});
  const RunTimeTable tables[] = {Table(kHeap + 0x1000, others), Table(kHeap, entries)};
  const RunTimeCode code(model::Cpu::kAmd64, tables, memory_);
  EXPECT_EQ(code.FindUnwindRow({kHeap + 0x150})->cfa, RegisterPlus(model::kRsp, 0x28 + 8));
  EXPECT_EQ(code.FindUnwindRow({kHeap + 0x250})->cfa, RegisterPlus(model::kRbp, 16));
  EXPECT_EQ(code.FindUnwindRow({kHeap + 0x1018})->cfa, RegisterPlus(model::kRsp, 0x28 + 8));
  EXPECT_EQ(code.FindCode({kHeap + 0x1ff}), CodeAt::kFunction);
}

TEST_F(RunTimeCodeTest, CodeThatNoTableNamesIsNoLeaf) {
  const auto entries = X64FunctionTable({{0x100, 0x200, 0x800}});
  const RunTimeTable tables[] = {Table(kHeap, entries)};
  const RunTimeCode code(model::Cpu::kAmd64, tables, memory_);
  for (const std::uint64_t address : {kHeap - 1, kHeap, kHeap + 0x200, kHeap + 0x1000, std::uint64_t{0}}) {
    EXPECT_FALSE(code.FindUnwindRow({address})) << std::hex << address;
    EXPECT_EQ(code.FindCode({address}), CodeAt::kUnknown) << std::hex << address;
  }
}

TEST_F(RunTimeCodeTest, EntriesMayBeInAnyOrder) {
  const auto entries = X64FunctionTable({{0x200, 0x300, 0x810}, {0x100, 0x200, 0x800}});
  const RunTimeTable tables[] = {Table(kHeap, entries)};
  const RunTimeCode code(model::Cpu::kAmd64, tables, memory_);
  EXPECT_EQ(code.FindUnwindRow({kHeap + 0x150})->cfa, RegisterPlus(model::kRsp, 0x28 + 8));
  EXPECT_EQ(code.FindUnwindRow({kHeap + 0x250})->cfa, RegisterPlus(model::kRbp, 16));
}

TEST_F(RunTimeCodeTest, InformationThatTheDumpLacksGivesNoRow) {
  const auto entries = X64FunctionTable({{0x100, 0x200, 0x9000}});
  const RunTimeTable tables[] = {Table(kHeap, entries)};
  const RunTimeCode code(model::Cpu::kAmd64, tables, memory_);
  EXPECT_FALSE(code.FindUnwindRow({kHeap + 0x150}));
  EXPECT_EQ(code.FindCode({kHeap + 0x150}), CodeAt::kFunction);
}

TEST_F(RunTimeCodeTest, EntriesOfAnotherSizeOrCpuAreLeftOut) {
  const auto entries = X64FunctionTable({{0x100, 0x200, 0x800}});
  RunTimeTable table = Table(kHeap, entries);
  EXPECT_FALSE(RunTimeCode(model::Cpu::kX86, {&table, 1}, memory_).FindUnwindRow({kHeap + 0x150}));
  EXPECT_FALSE(RunTimeCode(model::Cpu::kArm64, {&table, 1}, memory_).FindUnwindRow({kHeap + 0x150}));
  table.entry_bytes = 8;
  EXPECT_FALSE(RunTimeCode(model::Cpu::kAmd64, {&table, 1}, memory_).FindUnwindRow({kHeap + 0x150}));
}

// Packed unwind data: a function of 0x40 bytes that makes a frame of 16 with x29 and x30 in it.
TEST_F(RunTimeCodeTest, Arm64HasItsOwnEntries) {
  constexpr std::uint32_t kPacked = 1 | 0x40 / 4 << 2 | 3u << 21 | 1u << 23;
  testing::ByteSink sink;
  sink.U32(0x100).U32(kPacked);
  RunTimeTable table = Table(kHeap, sink.bytes());
  table.entry_bytes = 8;
  const RunTimeCode code(model::Cpu::kArm64, {&table, 1}, memory_);
  EXPECT_EQ(code.FindCode({kHeap + 0x13c}), CodeAt::kFunction);
  EXPECT_EQ(code.FindCode({kHeap + 0x140}), CodeAt::kUnknown);
  ASSERT_TRUE(code.FindUnwindRow({kHeap + 0x120}));
  EXPECT_FALSE(code.FindUnwindRow({kHeap + 0x140}));
}

TEST_F(RunTimeCodeTest, CodeIsReadFromTheDumpsMemory) {
  const RunTimeCode code(model::Cpu::kAmd64, {}, memory_);
  EXPECT_EQ(code.ReadCode({kHeap + 0x10}, 8).size(), 8u);
  EXPECT_EQ(code.ReadCode({kHeap + bytes_.size() - 2}, 8).size(), 2u);
  EXPECT_TRUE(code.ReadCode({kHeap - 1}, 8).empty());
}

}  // namespace
}  // namespace cairn::native
