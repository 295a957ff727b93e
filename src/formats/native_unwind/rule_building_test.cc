#include "formats/native_unwind/rule_building.h"

#include <gtest/gtest.h>

namespace cairn::native {
namespace {

using model::Rule;
using model::RuleOp;

TEST(RuleBuilding, OffsetsAreAddedOrSubtracted) {
  EXPECT_EQ(RegisterPlus(model::kRsp, 8),
            (Rule{{RuleOp::kRegister, model::kRsp}, {RuleOp::kConstant, 8}, {RuleOp::kAdd}}));
  EXPECT_EQ(CfaPlus(-16), (Rule{{RuleOp::kCfa}, {RuleOp::kConstant, 16}, {RuleOp::kSubtract}}));
}

TEST(RuleBuilding, OffsetOfZeroIsLeftOut) {
  EXPECT_EQ(LoadFrom(CfaPlus(0)), (Rule{{RuleOp::kCfa}, {RuleOp::kDereference}}));
}

}  // namespace
}  // namespace cairn::native
