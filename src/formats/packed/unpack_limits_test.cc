#include "formats/packed/unpack_limits.h"

#include <gtest/gtest.h>

namespace cairn::packed {
namespace {

TEST(UnpackLimits, RatioCountsBeyondWhatIsFree) {
  const UnpackLimits limits{.max_bytes = std::uint64_t{1} << 30, .max_ratio = 10};
  EXPECT_TRUE(limits.Allow(0, limits.free_bytes));
  EXPECT_FALSE(limits.Allow(0, limits.free_bytes + 10));
  EXPECT_TRUE(limits.Allow(1000000, 10000000));
  EXPECT_FALSE(limits.Allow(1000000, 10000010));
  EXPECT_FALSE(limits.Allow(std::uint64_t{1} << 40, (std::uint64_t{1} << 30) + 1));
}

}  // namespace
}  // namespace cairn::packed
