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

TEST(CrashIdTest, OneDigestHasOneIdADay) {
  const Sha256Digest digest = Sha256().Add("abc").Finish();
  // FIPS 180-2, appendix B.1, with the bits of a version 4 UUID.
  EXPECT_EQ(CrashIdOf(digest, kMay2026, kDeferredDigit), "ba7816bf-8f01-4fea-8141-40de51260501");
  EXPECT_EQ(CrashIdOf(digest, kMay2026 + 86'400'000, kAcceptedDigit), "ba7816bf-8f01-4fea-8141-40de50260502");
}

TEST(CrashIdTest, TheDigitSaysWhatBecameOfIt) {
  EXPECT_TRUE(IsDeferred("ba7816bf-8f01-4fea-8141-40de51260501"));
  EXPECT_FALSE(IsDeferred("ba7816bf-8f01-4fea-8141-40de50260501"));
  EXPECT_TRUE(IsAssignableCrashId("ba7816bf-8f01-4fea-8141-40de51260501"));
  EXPECT_FALSE(IsAssignableCrashId("ba7816bf-8f01-4fea-8141-40de53260501"));
  EXPECT_FALSE(IsAssignableCrashId("ba7816bf-8f01-4fea-8141-40de5026050x"));
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
