#include "formats/dwarf/eh_frame.h"

#include <string>

#include <gtest/gtest.h>

#include "testing/eh_frame_builder.h"

namespace cairn::dwarf {
namespace {

using model::Rule;
using model::RuleOp;
using model::UnwindRow;
using testing::EhFrameBuilder;

// def_cfa rsp+8; offset rip at cfa-8: how every amd64 CIE begins.
#define ENTRY_RULES 0x0c, 7, 8, 0x90, 1

Rule StackPointerPlus(std::int64_t offset) {
  return {{RuleOp::kRegister, model::kRsp}, {RuleOp::kConstant, offset}, {RuleOp::kAdd}};
}
Rule SavedAt(std::int64_t below_cfa) {
  return {{RuleOp::kCfa}, {RuleOp::kConstant, below_cfa}, {RuleOp::kSubtract}, {RuleOp::kDereference}};
}

EhFrame Make(const EhFrameBuilder& builder, std::uint64_t load_base = 0) {
  EhFrame::Input input;
  input.section.bytes = base::AsBytes(builder.bytes());
  input.load_base = load_base;
  auto frame = EhFrame::Create(input);
  EXPECT_TRUE(frame);
  return *std::move(frame);
}

TEST(EhFrame, FollowsAPushAndAPop) {
  EhFrameBuilder builder;
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES});
  builder.AddFunction(common, 0x1000, 0x20,
                      {0x41, 0x0e, 16, 0x83, 2,  // advance 1; cfa offset 16; rbx at cfa-16
                       0x4f, 0x0e, 8, 0xc3});    // advance 15; cfa offset 8; restore rbx
  const EhFrame frame = Make(builder);
  EXPECT_EQ(frame.Find({0x0fff}), std::nullopt);
  EXPECT_EQ(frame.Find({0x1000}), (UnwindRow{StackPointerPlus(8), SavedAt(8), {}}));
  const UnwindRow pushed = {StackPointerPlus(16), SavedAt(8), {{model::kRbx, SavedAt(16)}}};
  EXPECT_EQ(frame.Find({0x1001}), pushed);
  EXPECT_EQ(frame.Find({0x100f}), pushed);
  EXPECT_EQ(frame.Find({0x1010}), (UnwindRow{StackPointerPlus(8), SavedAt(8), {}}));
  EXPECT_EQ(frame.Find({0x1020}), std::nullopt);
}

TEST(EhFrame, TrampolineOfASignalIsMarked) {
  EhFrameBuilder builder;
  builder.AddFunction(builder.AddCommon("zRS", {0x03}, {ENTRY_RULES}), 0x1000, 0x10, {});
  builder.AddFunction(builder.AddCommon("zR", {0x03}, {ENTRY_RULES}), 0x2000, 0x10, {});
  const EhFrame frame = Make(builder);
  ASSERT_TRUE(frame.Find({0x1000}) && frame.Find({0x2000}));
  EXPECT_TRUE(frame.Find({0x1000})->is_signal_frame);
  EXPECT_FALSE(frame.Find({0x2000})->is_signal_frame);
}

TEST(EhFrame, RememberedStateComesBackWithItsCfa) {
  EhFrameBuilder builder;
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES});
  builder.AddFunction(common, 0x1000, 0x10,
                      {0x41, 0x0e, 16, 0x86, 2, 0x0d, 6,  // cfa = rbp+16, rbp at cfa-16
                       0x41, 0x0a, 0x0c, 7, 8,            // remember; cfa = rsp+8
                       0x41, 0x0b});                      // restore
  const EhFrame frame = Make(builder);
  const auto before = frame.Find({0x1001});
  ASSERT_TRUE(before);
  EXPECT_EQ(frame.Find({0x1002})->cfa, StackPointerPlus(8));
  EXPECT_EQ(frame.Find({0x1003}), before);
  const std::vector<FrameRow> rows = frame.Rows(frame.ranges()[0]);
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_EQ(rows[3].start.value, 0x1003u);
  EXPECT_EQ(rows[3].size, 0xdu);
}

TEST(EhFrame, UndefinedReturnAddressEndsTheStack) {
  EhFrameBuilder builder;
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES, 0x07, 16});
  builder.AddFunction(common, 0x1000, 0x10, {});
  const auto row = Make(builder).Find({0x1004});
  ASSERT_TRUE(row);
  EXPECT_TRUE(row->return_address.empty());
}

TEST(EhFrame, OffsetsCountFromTheLoadBase) {
  EhFrameBuilder builder;
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES});
  builder.AddFunction(common, 0x401000, 0x10, {});
  const EhFrame frame = Make(builder, 0x400000);
  ASSERT_EQ(frame.ranges().size(), 1u);
  EXPECT_EQ(frame.ranges()[0].start.value, 0x1000u);
  EXPECT_TRUE(frame.Find({0x1004}));
}

TEST(EhFrame, RangesAreSortedAndDroppedFunctionsAreLeftOut) {
  EhFrameBuilder builder;
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES});
  builder.AddFunction(common, 0x3000, 0x10, {});
  builder.AddFunction(common, 0, 0x10, {});  // What a linker leaves of a dropped function.
  builder.AddFunction(common, 0x2000, 0, {});
  builder.AddFunction(common, 0x1000, 0x10, {});
  builder.AddTerminator();
  builder.AddFunction(common, 0x4000, 0x10, {});  // Behind the end.
  const EhFrame frame = Make(builder);
  ASSERT_EQ(frame.ranges().size(), 2u);
  EXPECT_EQ(frame.ranges()[0].start.value, 0x1000u);
  EXPECT_EQ(frame.ranges()[1].start.value, 0x3000u);
  EXPECT_EQ(frame.bad_entries(), 0u);
}

TEST(EhFrame, PersonalityAndLanguageDataAreSkipped) {
  EhFrameBuilder builder;
  // P with an indirect 4-byte pointer, L, R: what every C++ CIE with a personality has.
  const std::size_t common = builder.AddCommon("zPLR", {0x9b, 1, 2, 3, 4, 0x1b, 0x03}, {ENTRY_RULES});
  builder.AddFunction(common, 0x1000, 0x10, {});
  EXPECT_TRUE(Make(builder).Find({0x1000}));
}

TEST(EhFrame, UnknownInstructionEndsTheRowsBeforeIt) {
  EhFrameBuilder builder;
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES});
  builder.AddFunction(common, 0x1000, 0x20, {0x44, 0x0e, 16, 0x44, 0x3f});
  const EhFrame frame = Make(builder);
  EXPECT_TRUE(frame.Find({0x1002}));
  EXPECT_TRUE(frame.Find({0x1006}));
  EXPECT_FALSE(frame.Find({0x1009}));
}

TEST(EhFrame, BadEntriesAreCountedAndTheRestKept) {
  EhFrameBuilder builder;
  const std::size_t strange = builder.AddCommon("zX", {0}, {});
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES});
  builder.AddFunction(strange, 0x1000, 0x10, {});
  builder.AddFunction(common, 0x2000, 0x10, {});
  const EhFrame frame = Make(builder);
  EXPECT_EQ(frame.bad_entries(), 1u);
  EXPECT_FALSE(frame.Find({0x1000}));
  EXPECT_TRUE(frame.Find({0x2000}));
}

TEST(EhFrame, EveryTruncationIsReadSafely) {
  EhFrameBuilder builder;
  const std::size_t common = builder.AddCommon("zR", {0x03}, {ENTRY_RULES});
  builder.AddFunction(common, 0x1000, 0x10, {0x41, 0x0f, 3, 0x77, 8, 0x06});
  for (std::size_t size = 0; size < builder.bytes().size(); ++size) {
    EhFrame::Input input;
    input.section.bytes = base::AsBytes(builder.bytes()).first(size);
    const auto frame = EhFrame::Create(input);
    ASSERT_TRUE(frame);
    EXPECT_FALSE(frame->Find({0x1000})) << size;
  }
}

TEST(EhFrame, FloatingPointRegisterIsNotTheProgramCounter) {
  EhFrameBuilder builder;
  // Register 32 of RISC-V is f0; our table has the program counter there.
  builder.AddFunction(builder.AddCommon("zR", {0x03}, {0x0c, 2, 0, 0xa0, 1, 0x88, 2}), 0x1000, 0x10, {});
  EhFrame::Input input;
  input.section.bytes = base::AsBytes(builder.bytes());
  input.cpu = model::Cpu::kRiscv64;
  const auto frame = EhFrame::Create(input);
  ASSERT_TRUE(frame);
  const auto row = frame->Find({0x1000});
  ASSERT_TRUE(row);
  ASSERT_EQ(row->registers.size(), 1u);
  EXPECT_EQ(row->registers[0].index, model::kRiscvS0);
}

TEST(EhFrame, CfaRegisterAloneHasNoOffset) {
  EhFrameBuilder builder;
  builder.AddFunction(builder.AddCommon("zR", {0x03}, {0x0d, 7, 0x90, 1}), 0x1000, 0x10, {});
  const auto row = Make(builder).Find({0x1000});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa, (Rule{{RuleOp::kRegister, model::kRsp}}));
}

TEST(EhFrame, SignedReturnAddressesAreTolerated) {
  EhFrameBuilder builder;
  // DW_CFA_AARCH64_negate_ra_state, and a rule for RA_SIGN_STATE, which is register 34.
  builder.AddFunction(builder.AddCommon("zR", {0x03}, {0x0c, 31, 0, 0x9e, 1}), 0x1000, 0x10,
                      {0x44, 0x2d, 0x16, 34, 0, 0x44, 0x0e, 16});
  EhFrame::Input input;
  input.section.bytes = base::AsBytes(builder.bytes());
  input.cpu = model::Cpu::kArm64;
  const auto frame = EhFrame::Create(input);
  ASSERT_TRUE(frame);
  const auto row = frame->Find({0x1008});
  ASSERT_TRUE(row);
  EXPECT_EQ(row->cfa.size(), 3u);
}

TEST(EhFrame, CpuWithoutRegistersIsRefused) {
  EhFrame::Input input;
  input.cpu = model::Cpu::kSparc;
  EXPECT_EQ(EhFrame::Create(input).error().code, base::Code::kUnsupported);
}

}  // namespace
}  // namespace cairn::dwarf
