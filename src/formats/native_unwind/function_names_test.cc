#include "formats/native_unwind/function_names.h"

#include <gtest/gtest.h>

namespace cairn::native {
namespace {

TEST(FunctionNames, SizeEndsAName) {
  const FunctionNames names({{"second", {0x200}, 0x10}, {"first", {0x100}, 0x10}});
  EXPECT_FALSE(names.Find({0xff}, std::nullopt));
  ASSERT_TRUE(names.Find({0x10f}, std::nullopt));
  EXPECT_EQ(names.Find({0x10f}, std::nullopt)->location.function, "first");
  EXPECT_EQ(names.Find({0x10f}, std::nullopt)->function_start.value, 0x100u);
  EXPECT_FALSE(names.Find({0x110}, model::ModuleOffset{0x100}));
}

TEST(FunctionNames, NameWithoutSizeReachesAsFarAsItsUnwindRange) {
  const FunctionNames names({{"exported", {0x100}, 0}});
  EXPECT_TRUE(names.Find({0x180}, model::ModuleOffset{0x100}));
  EXPECT_FALSE(names.Find({0x180}, model::ModuleOffset{0x140}));  // Of the function behind it.
  EXPECT_FALSE(names.Find({0x180}, std::nullopt));
}

TEST(FunctionNames, FirstOfTwoNamesCounts) {
  const FunctionNames names({{"symbol", {0x100}, 4}, {"alias", {0x100}, 4}});
  EXPECT_EQ(names.Find({0x100}, std::nullopt)->location.function, "symbol");
}

}  // namespace
}  // namespace cairn::native
