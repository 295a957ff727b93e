#include "server/intake/crash_id.h"

#include <gtest/gtest.h>

namespace cairn::intake {
namespace {

constexpr std::int64_t kMay2026 = 1'777'629'600'000;  // 2026-05-01T10:00:00Z

TEST(CrashIdTest, CarriesTheDayAndTheThrottleDigit) {
  const std::string id = MakeCrashId(kMay2026);
  EXPECT_EQ(id.size(), 36u);
  EXPECT_EQ(id.substr(29), "0260501");
  EXPECT_EQ(DayOfCrashId(id), "20260501");
  EXPECT_NE(id, MakeCrashId(kMay2026));
}

TEST(CrashIdTest, OtherFormsHaveNoDay) {
  EXPECT_FALSE(DayOfCrashId(""));
  EXPECT_FALSE(DayOfCrashId("bp-de1bb258-cbbf-4589-a673-34f800160918"));
  EXPECT_FALSE(DayOfCrashId("de1bb258-cbbf-4589-a673-34f80016091x"));
  EXPECT_FALSE(DayOfCrashId("DE1BB258-cbbf-4589-a673-34f800160918"));
  EXPECT_FALSE(DayOfCrashId("../../etc/passwd-../../etc/passwd-12"));
  EXPECT_EQ(DayOfCrashId("de1bb258-cbbf-4589-a673-34f800160918"), "20160918");
}

}  // namespace
}  // namespace cairn::intake
