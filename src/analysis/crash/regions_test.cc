#include "analysis/crash/regions.h"

#include <gtest/gtest.h>

namespace cairn::crash {
namespace {

using model::AccessKind;
using model::ProcessAddress;

constexpr model::MemoryMapping kRegions[] = {
    {.start = {0x1000}, .end = {0x2000}},  // A guard.
    {.start = {0x2000}, .end = {0x3000}, .readable = true, .writable = true},
    {.start = {0x5000}, .end = {0x6000}, .readable = true, .executable = true},
    {.start = {0x6000}, .end = {0x6000 + 0x8001}},
};

TEST(Regions, FindsTheOneThatHoldsAnAddress) {
  EXPECT_EQ(FindRegion(kRegions, {0xfff}), nullptr);
  EXPECT_EQ(FindRegion(kRegions, {0x1000}), &kRegions[0]);
  EXPECT_EQ(FindRegion(kRegions, {0x1fff}), &kRegions[0]);
  EXPECT_EQ(FindRegion(kRegions, {0x2000}), &kRegions[1]);
  EXPECT_EQ(FindRegion(kRegions, {0x4000}), nullptr);
  EXPECT_EQ(FindRegion(kRegions, {~std::uint64_t{0}}), nullptr);
  EXPECT_EQ(FindRegion({}, {0}), nullptr);
}

TEST(Regions, FindsTheNextAbove) {
  EXPECT_EQ(FindRegionAbove(kRegions, {0}), &kRegions[0]);
  EXPECT_EQ(FindRegionAbove(kRegions, {0x1000}), &kRegions[1]);
  EXPECT_EQ(FindRegionAbove(kRegions, {0x6000}), nullptr);
}

TEST(Regions, Permissions) {
  EXPECT_FALSE(Allows(kRegions[0], AccessKind::kUnknown));
  EXPECT_TRUE(Allows(kRegions[1], AccessKind::kReadWrite));
  EXPECT_TRUE(Allows(kRegions[2], AccessKind::kRead));
  EXPECT_FALSE(Allows(kRegions[2], AccessKind::kWrite));
  EXPECT_FALSE(Allows(kRegions[2], AccessKind::kReadWrite));
}

TEST(Regions, GuardPages) {
  EXPECT_TRUE(IsLikelyGuardPage(kRegions, {0x1800})) << "memory above it";
  EXPECT_FALSE(IsLikelyGuardPage(kRegions, {0x2800})) << "memory itself";
  EXPECT_FALSE(IsLikelyGuardPage(kRegions, {0x4000})) << "nothing at all";
  EXPECT_FALSE(IsLikelyGuardPage(kRegions, {0x6000})) << "more than 32 KiB";
}

}  // namespace
}  // namespace cairn::crash
