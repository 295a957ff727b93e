#include "base/result.h"

#include <gtest/gtest.h>

namespace cairn::base {
namespace {

Result<int> Half(int value) {
  if (value % 2 != 0) return Error{Code::kBadValue, 7, "number"};
  return value / 2;
}

Result<int> Quarter(int value) {
  ASSIGN_OR_RETURN(const int half, Half(value));
  return Half(half);
}

Status CheckEven(int value) {
  RETURN_IF_ERROR(Half(value));
  return {};
}

TEST(Result, CarriesTheValueThroughAssignOrReturn) {
  const Result<int> result = Quarter(12);
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(*result, 3);
}

TEST(Result, CarriesTheFirstErrorThroughAssignOrReturn) {
  const Result<int> result = Quarter(3);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error(), (Error{Code::kBadValue, 7, "number"}));
}

TEST(Result, StatusTakesTheErrorOfAResult) {
  EXPECT_TRUE(CheckEven(2).has_value());
  EXPECT_EQ(CheckEven(1).error().code, Code::kBadValue);
}

TEST(Result, DescribeNamesFieldCauseAndPlace) {
  EXPECT_EQ(Describe({Code::kTruncated, 32, "module list"}),
            "module list: the data ends too early (at byte 32)");
  EXPECT_EQ(Describe({Code::kIo, 2, "open dump"}), "open dump: No such file or directory");
}

}  // namespace
}  // namespace cairn::base
