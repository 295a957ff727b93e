#include "analysis/unwind/arm64.h"

#include <gtest/gtest.h>

#include "analysis/unwind/process_for_test.h"
#include "testing/stack_builder.h"
#include "testing/table_symbols.h"

namespace cairn::unwind {
namespace {

using TestProcess = ProcessForTest<testing::TableSymbols, testing::StackBuilder>;

using model::kArm64Fp;
using model::kArm64Lr;
using model::kArm64Pc;
using model::kArm64Sp;
using model::RuleOp;
using testing::Constant;
using testing::Op;
using testing::Reg;
using Addresses = std::vector<std::uint64_t>;

constexpr std::uint64_t kLeaf = kTestApp + 0x1010;
constexpr std::uint64_t kInInner = kTestApp + 0x1120;              // Return addresses: Inner called Leaf,
constexpr std::uint64_t kInMain = kTestApp + 0x1240;               // main called Inner,
constexpr std::uint64_t kInStart = kTestLibrary + 0x40;            // the library called main.
constexpr std::uint64_t kSignature = std::uint64_t{0x2a5a} << 48;  // Leaves bit 55 alone.

// Encodings, from an assembler.
constexpr std::uint32_t kNop = 0xd503201f;
constexpr std::uint32_t kBl = 0x94000004;
constexpr std::uint32_t kStpWithWriteback = 0xa9be7bfd;  // stp x29, x30, [sp, #-32]!
constexpr std::uint32_t kStp = 0xa9017bfd;               // stp x29, x30, [sp, #16]
constexpr std::uint32_t kLdpWithWriteback = 0xa8c27bfd;  // ldp x29, x30, [sp], #32
constexpr std::uint32_t kLdp = 0xa9417bfd;               // ldp x29, x30, [sp, #16]
constexpr std::uint32_t kRet = 0xd65f03c0;

// Leaf runs in Inner's frame:
//   stack + 0x00  Inner: locals. sp.
//   stack + 0x10  Inner's record {main's x29, return to main}. x29.
//   stack + 0x30  main's record {0, return to the library}.
class Arm64Test : public ::testing::Test {
 protected:
  Arm64Test() : process_(model::Cpu::kArm64) {
    process_.registers.Set(kArm64Pc, kLeaf);
    process_.registers.Set(kArm64Sp, kTestStack);
    process_.registers.Set(kArm64Fp, kTestStack + 0x10);
    process_.registers.Set(kArm64Lr, kInInner);
    process_.registers.Set(19, 0x1919);
  }

  static model::UnwindRow RowOfX30() {
    model::UnwindRow row;
    row.cfa = {Reg(kArm64Sp)};
    row.return_address = {Reg(kArm64Lr)};
    return row;
  }

  // The stack above, with `mark` on every return address.
  testing::MemorySpec Stack(std::uint64_t mark = 0) const {
    return process_.Stack()
        .Words(2, 0)
        .Word(kTestStack + 0x30)
        .Word(kInMain | mark)
        .Words(2, 0)
        .Word(0)
        .Word(kInStart | mark)
        .Words(4, 0)
        .Build();
  }

  TestProcess process_;
};

TEST_F(Arm64Test, CallerOfALeafIsInX30AndTheOthersInRecords) {
  const auto frames = process_.Walk(Stack());
  ASSERT_EQ(Trusts(frames), "context leaf frame_pointer frame_pointer");
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInInner - 4, kInMain - 4, kInStart - 4}));
  EXPECT_EQ(frames[1].resume_address.value, kInInner);
  EXPECT_EQ(frames[1].registers.Get(19), 0x1919u) << "callee-saved";
  EXPECT_EQ(frames[1].registers.Get(kArm64Lr), std::nullopt);
  EXPECT_EQ(frames[2].registers.Get(kArm64Sp), kTestStack + 0x20);
  EXPECT_EQ(frames[3].registers.Get(kArm64Fp), 0u) << "which ended the stack";
}

// Inner itself crashed before it called anything: x30 still is what its record has.
TEST_F(Arm64Test, X30ThatIsInTheRecordIsOneCaller) {
  process_.registers.Set(kArm64Pc, kTestApp + 0x1110);
  process_.registers.Set(kArm64Lr, kInMain);
  EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{kTestApp + 0x1110, kInMain - 4, kInStart - 4}));
}

// Inner crashed after Leaf returned. Breakpad gives Inner twice here.
TEST_F(Arm64Test, X30ThatPointsIntoTheFunctionItselfIsOld) {
  process_.registers.Set(kArm64Pc, kInInner + 8);
  EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{kInInner + 8, kInMain - 4, kInStart - 4}));
}

TEST_F(Arm64Test, RecursionIsSeenAtTheFirstInstruction) {
  process_.registers.Set(kArm64Pc, kTestApp + 0x1100);
  EXPECT_EQ(Instructions(process_.Walk(Stack())),
            (Addresses{kTestApp + 0x1100, kInInner - 4, kInMain - 4, kInStart - 4}));
}

// The same without symbols: the code before pc tells whether the function has a record.
TEST_F(Arm64Test, PrologueBeforePcTellsThatX30IsOld) {
  const std::uint64_t pc = kTestLibrary + 0x1000;
  process_.registers.Set(kArm64Pc, pc);
  for (const std::uint32_t store : {kStp, kStpWithWriteback}) {
    process_.PutCode(pc, testing::CodeBytes({kRet, store, kNop, kBl, kNop}));
    EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{pc, kInMain - 4, kInStart - 4}));
  }
  // The record is taken off again, or it was another function's.
  for (const std::uint32_t end : {kLdp, kLdpWithWriteback, kRet}) {
    process_.PutCode(pc, testing::CodeBytes({kStp, kBl, end, kNop}));
    EXPECT_EQ(Trusts(process_.Walk(Stack())), "context leaf frame_pointer frame_pointer");
  }
}

TEST_F(Arm64Test, PrologueIsReadFromTheModulesFileToo) {
  process_.registers.Set(kArm64Pc, kTestApp + 0x5100);  // In no function that symbols know.
  const auto trusts_behind = [&](std::uint32_t first) {
    std::vector<std::uint32_t> code(64, kNop);
    code[0] = first;
    process_.app.Code(0x5000, testing::CodeBytes(code));
    return Trusts(process_.Walk(Stack()));
  };
  EXPECT_EQ(trusts_behind(kStp), "context frame_pointer frame_pointer");
  EXPECT_EQ(trusts_behind(kNop), "context leaf frame_pointer frame_pointer");
}

TEST_F(Arm64Test, CallOfANullPointerFindsItsCallerInX30) {
  process_.registers.Set(kArm64Pc, 0);
  EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{0, kInInner - 4, kInMain - 4, kInStart - 4}));
}

TEST_F(Arm64Test, X30ThatIsNoCodeIsLeftToTheRecord) {
  process_.registers.Set(kArm64Lr, kTestStack);
  EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{kLeaf, kInMain - 4, kInStart - 4}));
}

TEST_F(Arm64Test, SignaturesAreTakenOffReturnAddresses) {
  process_.registers.Set(kArm64Lr, kInInner | kSignature);
  const auto frames = process_.Walk(Stack(kSignature));
  EXPECT_EQ(Instructions(frames), (Addresses{kLeaf, kInInner - 4, kInMain - 4, kInStart - 4}));
  EXPECT_EQ(frames[2].resume_address.value, kInMain);
}

// Android has addresses of 39 bits, and signatures from there on: that there are no higher modules tells.
TEST_F(Arm64Test, SignaturesFromBit39AreTakenOffOnLinux) {
  const std::uint64_t mark = std::uint64_t{0x55} << 39;
  process_.registers.Set(kArm64Lr, kInInner | mark);
  EXPECT_EQ(process_.Walk(Stack())[1].resume_address.value, kInInner);
  process_.registers.Set(kArm64Lr, kInInner | std::uint64_t{1} << 38);
  EXPECT_EQ(process_.Walk(Stack())[1].resume_address.value, kInMain) << "part of an address";

  process_.registers.Set(kArm64Lr, kInInner | mark);
  process_.os = model::Os::kMacOs;
  EXPECT_EQ(process_.Walk(Stack())[1].resume_address.value, kInMain) << "perhaps a pointer into the heap";
  process_.os = model::Os::kAndroid;
  process_.modules.push_back({.base = {std::uint64_t{1} << 46}, .size = 0x1000, .code_file = "high"});
  EXPECT_EQ(process_.Walk(Stack())[1].resume_address.value, kInMain) << "addresses are longer here";
}

// The other half of the address space is not for processes; without this rule the kernel's address is found.
TEST_F(Arm64Test, AddressOfTheKernelIsNoSignedOne) {
  process_.registers.Set(kArm64Lr, kInInner | std::uint64_t{0xffff} << 48);
  EXPECT_EQ(process_.Walk(Stack())[1].instruction.value, kInMain - 4);
}

// Swift marks the frame pointer that an asynchronous function saves.
TEST_F(Arm64Test, MarkOfAsynchronousFramesIsTakenOff) {
  const auto stack = process_.Stack()
                         .Words(2, 0)
                         .Word((kTestStack + 0x30) | std::uint64_t{1} << 60)
                         .Word(kInMain)
                         .Words(2, 0)
                         .Word(0)
                         .Word(kInStart)
                         .Build();
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context leaf frame_pointer frame_pointer");
}

// Rules of the caller may count from x29.
TEST_F(Arm64Test, MarkIsTakenOffWhatARowRestores) {
  model::UnwindRow row = RowOfX30();
  const std::uint64_t marked = (kTestStack + 0x10) | std::uint64_t{1} << 60;
  row.registers = {{kArm64Fp, {Constant(static_cast<std::int64_t>(marked))}}};
  process_.app.Row(0x1000, 0x100, row);
  EXPECT_EQ(process_.Walk(Stack()).at(1).registers.Get(kArm64Fp), kTestStack + 0x10);
}

TEST_F(Arm64Test, RecordWithoutReturnAddressEndsTheStack) {
  const auto stack = process_.Stack().Words(3, 0).Word(0).Words(2, 0).Word(kInMain).Words(4, 0).Build();
  process_.mappings = {{.start = {kTestApp}, .end = {kTestApp + kTestModuleSize}, .executable = true}};
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context leaf") << "and nothing is scanned for";
}

// The frame pointer that main saved is no frame: main's caller is found by a scan.
TEST_F(Arm64Test, BrokenChainIsNotFollowed) {
  const auto stack = process_.Stack()
                         .Words(2, 0)
                         .Word(kTestStack + 8)
                         .Word(kInMain)
                         .Words(5, 0)
                         .Word(kInStart)
                         .Words(4, 0)
                         .Build();
  const auto frames = process_.Walk(stack);
  ASSERT_EQ(Trusts(frames), "context leaf frame_pointer scan");
  EXPECT_EQ(frames[2].registers.Get(kArm64Fp), std::nullopt);
}

// What the record of a register in other use looks like.
TEST_F(Arm64Test, FramePointerThatLeadsToOtherDataIsLeftToTheScan) {
  process_.registers.Set(kArm64Lr, 0);
  for (const std::uint64_t word : {std::uint64_t{0x123}, kTestStack + 1, ~std::uint64_t{0}}) {
    const auto stack = process_.Stack().Words(3, 7).Word(word).Word(kInMain).Words(4, 0).Build();
    EXPECT_EQ(Trusts(process_.Walk(stack)), "context scan") << std::hex << word;
  }
}

TEST_F(Arm64Test, ScanFindsBackToTheChain) {
  process_.registers.Set(kArm64Lr, 0);
  process_.registers.Set(kArm64Fp, 0);
  const auto frames = process_.Walk(Stack());
  ASSERT_EQ(Trusts(frames), "context scan frame_pointer");
  EXPECT_EQ(frames[1].registers.Get(kArm64Fp), kTestStack + 0x30);
}

TEST_F(Arm64Test, ScanBelievesOnlyWhatFollowsACall) {
  process_.registers.Set(kArm64Lr, 0);
  process_.registers.Set(kArm64Fp, 0);
  const auto stack = process_.Stack().Words(3, 0).Word(kInMain).Words(4, 0).Build();
  process_.PutCode(kInMain, testing::CodeBytes({kNop, kBl}));
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context scan");
  process_.PutCode(kInMain, testing::CodeBytes({kBl, kNop}));
  EXPECT_EQ(Trusts(process_.Walk(stack)), "context");
}

TEST_F(Arm64Test, RowOfALeafIsObeyed) {
  process_.app.Row(0x1000, 0x100, RowOfX30());
  const auto frames = process_.Walk(Stack());
  EXPECT_EQ(Trusts(frames), "context cfi frame_pointer frame_pointer");
  EXPECT_EQ(Instructions(frames)[1], kInInner - 4);
}

TEST_F(Arm64Test, RowThatReadsASignedReturnAddressIsStripped) {
  model::UnwindRow row = RowOfX30();
  row.cfa = {Reg(kArm64Sp), Constant(0x20), Op(RuleOp::kAdd)};
  row.return_address = {Op(RuleOp::kCfa), Constant(-8), Op(RuleOp::kAdd), Op(RuleOp::kDereference)};
  row.registers = {{kArm64Lr, row.return_address}};
  process_.app.Row(0x1000, 0x100, row);
  const auto frames = process_.Walk(Stack(kSignature));
  ASSERT_EQ(Trusts(frames).substr(0, 11), "context cfi");
  EXPECT_EQ(frames[1].resume_address.value, kInMain);
  EXPECT_EQ(frames[1].registers.Get(kArm64Lr), kInMain);
}

// main's row says that the return address is in x30, which cannot be at a call; a record is there.
TEST_F(Arm64Test, RowOfX30IsNotBelievedOfACaller) {
  process_.app.Row(0x1200, 0x100, RowOfX30());
  EXPECT_EQ(Instructions(process_.Walk(Stack())),
            (Addresses{kLeaf, kInInner - 4, kInMain - 4, kInStart - 4}));
}

// GCC puts records at the bottom of frames, so that a step by record leaves sp too low, and its rows count
// from sp. Here the library's function, of which nothing is known, has 0x10 bytes above its record:
//   stack + 0x00  its record {Inner's x29, return to Inner}. x29.
//   stack + 0x10  its locals
//   stack + 0x20  Inner's record {main's x29, return to main}; x19 at + 0x30; 0x20 bytes in all
//   stack + 0x40  main's record
TEST_F(Arm64Test, RowsThatCountFromSpAreRightAfterARecord) {
  const auto saved_at = [](std::int64_t offset) {
    return model::Rule{Op(RuleOp::kCfa), Constant(offset), Op(RuleOp::kAdd), Op(RuleOp::kDereference)};
  };
  model::UnwindRow row;
  row.cfa = {Reg(kArm64Sp), Constant(0x20), Op(RuleOp::kAdd)};
  row.return_address = saved_at(-0x18);
  row.registers = {{kArm64Fp, saved_at(-0x20)}, {19, saved_at(-0x10)}};
  process_.app.Row(0x1100, 0x100, row);
  process_.registers.Set(kArm64Pc, kTestLibrary + 0x1000);
  process_.registers.Set(kArm64Lr, kInInner);
  process_.registers.Set(kArm64Fp, kTestStack);
  const auto stack = process_.Stack()
                         .Word(kTestStack + 0x20)
                         .Word(kInInner)
                         .Word(1)
                         .Word(0x12340)
                         .Word(kTestStack + 0x40)
                         .Word(kInMain)
                         .Word(0x1919)
                         .Word(0)
                         .Word(0)
                         .Word(kInStart)
                         .Words(4, 0)
                         .Build();
  const auto frames = process_.Walk(stack);
  ASSERT_EQ(Trusts(frames), "context frame_pointer cfi frame_pointer");
  EXPECT_EQ(Instructions(frames),
            (Addresses{kTestLibrary + 0x1000, kInInner - 4, kInMain - 4, kInStart - 4}));
  EXPECT_EQ(frames[2].registers.Get(kArm64Sp), kTestStack + 0x40);
  EXPECT_EQ(frames[2].registers.Get(19), 0x1919u);
}

// rust-minidump 0.26.1 walks these two rows until memory runs out.
TEST_F(Arm64Test, RowsThatSendPcBackAndForthEndAtOnce) {
  const auto row_to = [](std::uint64_t offset) {
    model::UnwindRow row = RowOfX30();
    row.return_address = {Constant(static_cast<std::int64_t>(kTestApp + offset))};
    return row;
  };
  process_.app.Row(0x1000, 0x100, row_to(0x1120)).Row(0x1100, 0x100, row_to(0x1020));
  EXPECT_LE(process_.Walk(Stack()).size(), 1u + kMaxFramesWithoutAdvance);
}

// Breakpad divides and dies of SIGFPE.
TEST_F(Arm64Test, RowsThatDivideByZeroAreLeftToTheRecord) {
  for (const RuleOp op : {RuleOp::kDivide, RuleOp::kModulo}) {
    model::UnwindRow row = RowOfX30();
    row.cfa = {Reg(kArm64Sp), Constant(0), Op(op)};
    process_.app.Row(0x1000, 0x100, row);
    EXPECT_EQ(Instructions(process_.Walk(Stack())), (Addresses{kLeaf, kInMain - 4, kInStart - 4}));
  }
}

// A signal interrupts Leaf: its handler is Inner, whose return address is the trampoline at 0x1300.
TEST_F(Arm64Test, LeafThatASignalInterruptedHasItsCallerInX30) {
  const auto saved_at = [](std::int64_t offset) {
    return model::Rule{Reg(kArm64Sp), Constant(offset), Op(RuleOp::kAdd), Op(RuleOp::kDereference)};
  };
  model::UnwindRow handler = RowOfX30();
  handler.return_address = {Constant(static_cast<std::int64_t>(kTestApp + 0x1300))};
  model::UnwindRow trampoline;
  trampoline.cfa = {Reg(kArm64Sp), Constant(0x20), Op(RuleOp::kAdd)};
  trampoline.return_address = saved_at(0);
  trampoline.registers = {{kArm64Lr, saved_at(8)}};
  trampoline.is_signal_frame = true;
  process_.app.Row(0x1100, 0x100, handler).Row(0x12fc, 0x10, trampoline);
  process_.registers.Set(kArm64Pc, kTestApp + 0x1110);
  const auto stack = process_.Stack().Word(kLeaf).Word(kInMain).Words(8, 0).Build();
  const auto frames = process_.Walk(stack);
  ASSERT_GE(frames.size(), 4u);
  EXPECT_EQ(Trusts(frames).substr(0, 20), "context cfi cfi leaf");
  EXPECT_EQ(frames[2].instruction.value, kLeaf) << "no call to step back into";
  EXPECT_EQ(frames[3].instruction.value, kInMain - 4);
}

TEST(Arm64Calls, AreKnownByTheirEncodings) {
  // bl; blr x8; blraaz x8; blrabz x8; blraa x8, x9; blrab x8, sp
  for (const std::uint32_t word : {kBl, 0xd63f0100u, 0xd63f091fu, 0xd63f0d1fu, 0xd73f0909u, 0xd73f0d1fu}) {
    EXPECT_TRUE(EndsWithArm64Call(testing::CodeBytes({kNop, word}))) << std::hex << word;
    EXPECT_FALSE(EndsWithArm64Call(testing::CodeBytes({word, kNop}))) << std::hex << word;
  }
  // b; br x8; ret
  for (const std::uint32_t word : {0x14000004u, 0xd61f0100u, kRet}) {
    EXPECT_FALSE(EndsWithArm64Call(testing::CodeBytes({kNop, word}))) << std::hex << word;
  }
  EXPECT_FALSE(EndsWithArm64Call({}));
}

}  // namespace
}  // namespace cairn::unwind
