#include "symbols/absence_file.h"

#include <gtest/gtest.h>

namespace cairn::symbols {
namespace {

constexpr std::int64_t kNow_ms = 1'800'000'000'000;

TEST(AbsenceFile, WhatWasWrittenIsRead) {
  const std::vector<AbsenceEntry> entries = {
      {"https://a/", {AbsenceReason::kNotThere, 404}, kNow_ms + kLongestBelief_ms},
      {"https://b/ c", {AbsenceReason::kNetwork, 0}, kNow_ms + 1}};
  const std::vector<AbsenceEntry> read = ParseAbsenceFile(FormatAbsenceFile(entries), kNow_ms);
  ASSERT_EQ(read.size(), 2u);
  EXPECT_EQ(read[0].absence.reason, AbsenceReason::kNotThere);
  EXPECT_EQ(read[0].absence.status, 404);
  EXPECT_EQ(read[0].expires_unix_ms, kNow_ms + kLongestBelief_ms);
  EXPECT_EQ(read[1].server, "https://b/ c");
}

TEST(AbsenceFile, WhatIsPastOrTooFarAwayIsNotBelieved) {
  const AbsenceEntry past{"s", {}, kNow_ms};
  const AbsenceEntry far_away{"s", {}, kNow_ms + kLongestBelief_ms + 1};
  EXPECT_TRUE(ParseAbsenceFile(FormatAbsenceFile({past, far_away}), kNow_ms).empty());
}

TEST(AbsenceFile, LinesWithoutSenseAreLeftOut) {
  const std::string good = FormatAbsenceFile({{"s", {AbsenceReason::kBlocked, 403}, kNow_ms + 5}});
  for (const std::string bad :
       {"\n", "blocked\n", "gone 404 1800000000005 s\n", "blocked 99999 1800000000005 s\n",
        "blocked 403 1800000000005x s\n", "blocked 403 99999999999999999999 s\n"}) {
    EXPECT_EQ(ParseAbsenceFile(bad + good, kNow_ms).size(), 1u) << bad;
  }
  EXPECT_EQ(ParseAbsenceFile(good.substr(0, good.size() - 1), kNow_ms).size(), 1u) << "no end of line";
}

}  // namespace
}  // namespace cairn::symbols
