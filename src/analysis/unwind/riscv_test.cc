#include "analysis/unwind/riscv.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kRiscvPc;
using model::kRiscvRa;
using model::kRiscvS0;
using model::kRiscvSp;
using testing::Reg;
using Addresses = std::vector<std::uint64_t>;

constexpr std::uint64_t kLeaf = kTestApp + 0x1010;
constexpr std::uint64_t kInInner = kTestApp + 0x1122;  // Behind a compressed call.
constexpr std::uint64_t kInMain = kTestApp + 0x1240;
constexpr std::uint64_t kInStart = kTestLibrary + 0x40;

class RiscvTest : public ::testing::TestWithParam<model::Cpu> {
 protected:
  RiscvTest() : process_(GetParam()) {
    process_.registers.Set(kRiscvPc, kLeaf);
    process_.registers.Set(kRiscvSp, kTestStack);
    process_.registers.Set(kRiscvRa, kInInner);
    process_.registers.Set(kRiscvS0, Slot(6));
    process_.registers.Set(9, 0x9999);
  }
  std::uint64_t Slot(std::uint64_t index) const {
    return kTestStack + index * static_cast<std::uint64_t>(model::PointerBytes(process_.cpu));
  }

  // By the calling convention: a record stands below what s0 points at.
  //   slot 4   Inner: main's s0        slot 5   Inner returns to main      slot 6  s0 in Inner
  //   slot 10  main: the library's s0  slot 11  main returns to the library
  testing::MemorySpec Stack() const {
    return process_.Stack()
        .Words(4, 0)
        .Word(Slot(12))
        .Word(kInMain)
        .Words(4, 0)
        .Word(0)
        .Word(kInStart)
        .Words(4, 0)
        .Build();
  }
  TestProcess process_;
};
INSTANTIATE_TEST_SUITE_P(Unwind, RiscvTest, ::testing::Values(model::Cpu::kRiscv, model::Cpu::kRiscv64),
                         [](const auto& cpu) { return std::string(model::CpuName(cpu.param)); });

TEST_P(RiscvTest, CallerOfALeafIsInRaAndTheOthersInRecordsBelowS0) {
  const auto frames = process_.Walk(Stack());
  ASSERT_EQ(Trusts(frames), "context leaf frame_pointer frame_pointer");
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInInner - 2, kInMain - 2, kInStart - 2}));
  EXPECT_EQ(frames[1].registers.Get(9), 0x9999u);
  EXPECT_EQ(frames[2].registers.Get(kRiscvSp), Slot(6)) << "s0 is the caller's sp";
  EXPECT_EQ(frames[2].registers.Get(kRiscvS0), Slot(12));
}

TEST_P(RiscvTest, RaThatIsInTheRecordIsOneCaller) {
  process_.registers.Set(kRiscvRa, kInMain);
  EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{kLeaf, kInMain - 2, kInStart - 2}));
}

TEST_P(RiscvTest, RaThatPointsIntoTheFunctionItselfIsOld) {
  process_.registers.Set(kRiscvPc, kInInner + 4);
  EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{kInInner + 4, kInMain - 2, kInStart - 2}));
}

// As Breakpad's walker expects them, and as arm64 has them.
TEST_P(RiscvTest, RecordsAtS0AreFoundWhereThereAreNoneBelow) {
  process_.registers.Set(kRiscvS0, Slot(2));
  const auto stack = process_.Stack()
                         .Words(2, 7)
                         .Word(Slot(6))
                         .Word(kInMain)
                         .Words(2, 7)
                         .Word(0)
                         .Word(kInStart)
                         .Words(4, 0)
                         .Build();
  const auto frames = process_.Walk(stack);
  EXPECT_EQ(Trusts(frames), "context leaf frame_pointer frame_pointer");
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInInner - 2, kInMain - 2, kInStart - 2}));
}

TEST_P(RiscvTest, ScanFindsBackToTheChain) {
  process_.registers.Set(kRiscvRa, 0);
  process_.registers.Set(kRiscvS0, 0);
  const auto frames = process_.Walk(Stack());
  ASSERT_EQ(Trusts(frames), "context scan frame_pointer");
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInMain - 2, kInStart - 2}));
}

TEST_P(RiscvTest, RowOfALeafIsObeyed) {
  model::UnwindRow row;
  row.cfa = {Reg(kRiscvSp)};
  row.return_address = {Reg(kRiscvRa)};
  process_.app.Row(0x1000, 0x100, row);
  EXPECT_EQ(Trusts(process_.Walk(Stack())), "context cfi frame_pointer frame_pointer");
}

// Without symbols the code before pc tells whether ra may be what a later call left.
TEST_P(RiscvTest, RaThatWasStoredIsOld) {
  const std::uint64_t pc = kTestLibrary + 0x1000;
  process_.registers.Set(kRiscvPc, pc);
  const auto walk_behind = [&](const testing::ByteSink& code) {
    process_.PutCode(pc, code.bytes());
    return Trusts(process_.Walk(Stack()));
  };
  const auto code = [] { return testing::ByteSink(); };
  constexpr std::uint16_t kNop = 0x0001;
  constexpr std::uint16_t kStore = 0xec06;  // c.sdsp ra, 24(sp)
  const std::string by_record = "context frame_pointer frame_pointer";
  const std::string by_link = "context leaf frame_pointer frame_pointer";
  // c.sdsp, c.swsp, c.sdsp of s0
  EXPECT_EQ(walk_behind(code().U16(kNop).U16(kStore).U16(kNop)), by_record);
  EXPECT_EQ(walk_behind(code().U16(kNop).U16(0xcc06).U16(kNop)), by_record);
  EXPECT_EQ(walk_behind(code().U16(kNop).U16(0xe822).U16(kNop)), by_link);
  // sd, sw of ra at sp; sd of s0; sd of ra at s0
  for (const std::uint32_t word : {0x00113c23u, 0x00112c23u}) {
    EXPECT_EQ(walk_behind(code().U32(word).U16(kNop)), by_record) << std::hex << word;
  }
  for (const std::uint32_t word : {0x00813823u, 0x00143c23u}) {
    EXPECT_EQ(walk_behind(code().U32(word).U16(kNop)), by_link) << std::hex << word;
  }
  // ld, lw, ret
  for (const std::uint32_t word : {0x01813083u, 0x01812083u, 0x00008067u}) {
    EXPECT_EQ(walk_behind(code().U16(kNop).U16(kStore).U32(word)), by_link) << std::hex << word;
  }
  // c.ldsp, c.lwsp, ret
  for (const std::uint16_t half : {std::uint16_t{0x60e2}, std::uint16_t{0x40e2}, std::uint16_t{0x8082}}) {
    EXPECT_EQ(walk_behind(code().U16(kNop).U16(kStore).U16(half)), by_link) << std::hex << half;
  }
}

std::vector<std::byte> Halves(std::uint16_t first, std::uint16_t second) {
  return testing::ByteSink().U32(0x00000013).U16(first).U16(second).Take();
}

TEST(RiscvCalls, AreKnownByTheirEncodings) {
  constexpr std::uint32_t kNop = 0x00000013;
  constexpr std::uint16_t kCompressedNop = 0x0001;
  for (const auto ends_with_call : {EndsWithRiscvCall, EndsWithRiscv64Call}) {
    // jal ra; jal t0; jalr ra, 0(a0); jalr t0, 4(a0)
    for (const std::uint32_t word : {0x010000efu, 0x010002efu, 0x000500e7u, 0x004502e7u}) {
      EXPECT_TRUE(ends_with_call(testing::CodeBytes({kNop, word}))) << std::hex << word;
      EXPECT_FALSE(ends_with_call(testing::CodeBytes({word, kNop}))) << std::hex << word;
    }
    EXPECT_TRUE(ends_with_call(Halves(kCompressedNop, 0x9502))) << "c.jalr a0";
    EXPECT_FALSE(ends_with_call(Halves(kCompressedNop, 0x9002))) << "c.ebreak";
    EXPECT_FALSE(ends_with_call(Halves(kCompressedNop, 0x8502))) << "c.jr a0";
    EXPECT_FALSE(ends_with_call(Halves(kCompressedNop, 0x952e))) << "c.add a0, a1";
    EXPECT_FALSE(ends_with_call(Halves(kCompressedNop, 0xa801))) << "c.j";
    EXPECT_FALSE(ends_with_call(testing::CodeBytes({kNop, 0x0100006f}))) << "j";
    EXPECT_FALSE(ends_with_call({}));
  }
  // c.jal on 32 bits, c.addiw a6, 0 on 64.
  EXPECT_TRUE(EndsWithRiscvCall(Halves(kCompressedNop, 0x2801)));
  EXPECT_FALSE(EndsWithRiscv64Call(Halves(kCompressedNop, 0x2801)));
}

}  // namespace
}  // namespace cairn::unwind
