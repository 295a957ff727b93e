#include "analysis/symgen/cfi_text.h"

#include <gtest/gtest.h>

namespace cairn::symgen {
namespace {

using dwarf::FrameRow;
using model::Rule;
using model::RuleOp;
using model::UnwindRow;

const model::RegisterTable& Table() { return *model::FindRegisterTable(model::Cpu::kAmd64); }

Rule Cfa(std::int64_t offset) {
  return {{RuleOp::kRegister, model::kRsp}, {RuleOp::kConstant, offset}, {RuleOp::kAdd}};
}
Rule Saved(std::int64_t below) {
  return {{RuleOp::kCfa}, {RuleOp::kConstant, below}, {RuleOp::kSubtract}, {RuleOp::kDereference}};
}

std::string Print(const std::vector<FrameRow>& rows) {
  std::string text;
  TextWriter writer([&text](std::string_view piece) {
    text += piece;
    return base::Status();
  });
  PrintCfi(rows, Table(), writer);
  EXPECT_TRUE(writer.Finish());
  return text;
}

TEST(CfiText, PrintsEveryOperation) {
  EXPECT_EQ(RuleText({}, Table()), ".undef");
  EXPECT_EQ(RuleText(Saved(8), Table()), ".cfa 8 - ^");
  EXPECT_EQ(RuleText({{RuleOp::kRegister, model::kRip}, {RuleOp::kConstant, 16}, {RuleOp::kModulo}}, Table()),
            "$rip 16 %");
  EXPECT_EQ(RuleText({{RuleOp::kConstant, -1},
                      {RuleOp::kConstant, 2},
                      {RuleOp::kMultiply},
                      {RuleOp::kConstant, 3},
                      {RuleOp::kDivide},
                      {RuleOp::kConstant, 4},
                      {RuleOp::kAlign}},
                     Table()),
            "-1 2 * 3 / 4 @");
}

TEST(CfiText, RegistersHaveADollarWhereBreakpadsHave) {
  const Rule rule = {{RuleOp::kRegister, model::kArm64Sp}, {RuleOp::kConstant, 16}, {RuleOp::kAdd}};
  EXPECT_EQ(RuleText(rule, *model::FindRegisterTable(model::Cpu::kArm64)), "sp 16 +");
  EXPECT_EQ(RuleText({{RuleOp::kRegister, model::kArmSp}}, *model::FindRegisterTable(model::Cpu::kArm)),
            "sp");
  EXPECT_EQ(RuleText({{RuleOp::kRegister, model::kEsp}}, *model::FindRegisterTable(model::Cpu::kX86)),
            "$esp");
  EXPECT_EQ(RuleText({{RuleOp::kRegister, model::kMipsSp}}, *model::FindRegisterTable(model::Cpu::kMips)),
            "$sp");
}

TEST(CfiText, DeltasNameOnlyWhatChanged) {
  // push rbx; a row that changes nothing; pop rbx.
  const UnwindRow entry = {Cfa(8), Saved(8), {}};
  const UnwindRow pushed = {Cfa(16), Saved(8), {{model::kRbx, Saved(16)}}};
  EXPECT_EQ(Print({{{0x1000}, 1, entry}, {{0x1001}, 4, pushed}, {{0x1005}, 4, pushed}, {{0x1009}, 7, entry}}),
            "STACK CFI INIT 1000 10 .cfa: $rsp 8 + .ra: .cfa 8 - ^\n"
            "STACK CFI 1001 .cfa: $rsp 16 + $rbx: .cfa 16 - ^\n"
            "STACK CFI 1009 .cfa: $rsp 8 + $rbx: $rbx\n");
}

TEST(CfiText, RegisterThatNobodySavesIsUndefinedAgain) {
  const UnwindRow saved = {Cfa(8), Saved(8), {{model::kRdi, Saved(16)}}};
  const UnwindRow lost = {Cfa(8), Saved(8), {}};
  EXPECT_EQ(Print({{{0x10}, 1, saved}, {{0x11}, 1, lost}}),
            "STACK CFI INIT 10 2 .cfa: $rsp 8 + .ra: .cfa 8 - ^ $rdi: .cfa 16 - ^\n"
            "STACK CFI 11 $rdi: .undef\n");
}

TEST(CfiText, RowThatCannotBeSaidSplitsTheRange) {
  const UnwindRow row = {Cfa(8), {}, {}};
  EXPECT_EQ(Print({{{0x10}, 1, row}, {{0x11}, 2, std::nullopt}, {{0x13}, 4, row}}),
            "STACK CFI INIT 10 1 .cfa: $rsp 8 + .ra: .undef\n"
            "STACK CFI INIT 13 4 .cfa: $rsp 8 + .ra: .undef\n");
  EXPECT_EQ(Print({}), "");
}

}  // namespace
}  // namespace cairn::symgen
