#include "server/collector/version_order.h"

#include <gtest/gtest.h>

namespace cairn::collector {
namespace {

TEST(VersionOrderTest, StepsOnTheWayComeBeforeTheRelease) {
  const char* const ascending[] = {"",       "0.9",           "1.2.0-alpha", "1.2.0-rc.1", "1.2.0-rc.2",
                                   "1.2.0",  "1.10",          "51.0.1",      "52.0a1",     "52.0a2",
                                   "52.0b3", "52.0b12",       "52.0rc1",     "52.0",       "52.0.1",
                                   "100.0",  "20261122103000"};
  for (std::size_t i = 0; i + 1 < std::size(ascending); ++i) {
    EXPECT_TRUE(CompareVersions(ascending[i], ascending[i + 1]) < 0) << ascending[i];
    EXPECT_TRUE(CompareVersions(ascending[i + 1], ascending[i]) > 0) << ascending[i];
  }
}

TEST(VersionOrderTest, TheSameVersionIsWrittenInManyWays) {
  EXPECT_TRUE(CompareVersions("52", "52.0.0") == 0);
  EXPECT_TRUE(CompareVersions("115.6.0esr", "115.6.0") == 0);
  EXPECT_TRUE(CompareVersions("1.2.3+build.5", "1.2.3") == 0);
  EXPECT_TRUE(CompareVersions("1.02", "1.2") == 0);
}

TEST(VersionOrderTest, AnyTextEnds) {
  for (const char* text : {"...", "---", "a.b.c", "\xff\xfe", "1..2", "v1"}) {
    EXPECT_TRUE(CompareVersions(text, text) == 0) << text;
    (void)CompareVersions(text, "1.0");
  }
}

}  // namespace
}  // namespace cairn::collector
