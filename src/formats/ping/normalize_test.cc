#include "formats/ping/normalize.h"

#include <gtest/gtest.h>

#include "testing/ping_fixtures.h"

namespace cairn::ping {
namespace {

TEST(NormalizeTest, ChannelsBeyondTheKnownAreOther) {
  EXPECT_EQ(NormalizeChannel("esr"), "esr");
  EXPECT_EQ(NormalizeChannel("nightly-cck-x"), "nightly");
  EXPECT_EQ(NormalizeChannel("beta2"), "beta");
  EXPECT_EQ(NormalizeChannel("Release"), "Other");
  EXPECT_EQ(NormalizeChannel(""), "Other");
}

TEST(NormalizeTest, ArchitecturesHaveOneNameEach) {
  EXPECT_EQ(NormalizeArchitecture("x86-64"), "amd64");
  EXPECT_EQ(NormalizeArchitecture("x86_64"), "amd64");
  EXPECT_EQ(NormalizeArchitecture("arm64-v8a"), "arm64");
  EXPECT_EQ(NormalizeArchitecture("PDP-11"), "");
}

TEST(NormalizeTest, SystemsAreKnownByTheirPlatform) {
  EXPECT_EQ(NormalizeOs("WINNT 6.1"), "Windows");
  EXPECT_EQ(NormalizeOs("Darwin"), "Mac");
  EXPECT_EQ(NormalizeOs("FreeBSD"), "Linux");
  EXPECT_EQ(NormalizeOs("my iPhone"), "iOS");
  EXPECT_EQ(NormalizeOs("OS/2"), "Other");
}

TEST(NormalizeTest, VersionsAreThreeNumbersAtMost) {
  EXPECT_EQ(NormalizeOsVersion("10"), "10");
  EXPECT_EQ(NormalizeOsVersion("10."), "10");
  EXPECT_EQ(NormalizeOsVersion("1.2.3.4"), "1.2.3");
  EXPECT_EQ(NormalizeOsVersion("v1"), "");
}

TEST(NormalizeTest, ClientIdsLoseBracesAndCase) {
  EXPECT_EQ(NormalizeClientId("{AB-c}"), "ab-c");
  EXPECT_EQ(SampleId("{2907648D-711b-4e9f-94b5-52a2b40a44b1}"),
            SampleId("2907648d-711b-4e9f-94b5-52a2b40a44b1"));
}

TEST(NormalizeTest, EveryRowOfTheDecodersExamplesHolds) {
  const auto fixtures = testing::PingFixtures();
  if (!fixtures) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the decoder's examples are not there";
  const auto rows = testing::FixtureRows(*fixtures + "/decoder/normalize.tsv");
  ASSERT_GT(rows.size(), 20u);
  for (const std::vector<std::string>& row : rows) {
    ASSERT_EQ(row.size(), 3u);
    const std::string& field = row[0];
    const std::string& input = row[1];
    const std::string expected = row[2].substr(0, row[2].find(" ("));  // Behind it stands a remark.
    std::string found = input;                                         // Names of programs are left alone.
    if (field == "channel") found = NormalizeChannel(input);
    if (field == "os") found = NormalizeOs(input);
    if (field == "os_version") found = NormalizeOsVersion(input);
    if (field == "country") found = NormalizeCountry(input);
    if (field == "sample_id") found = std::to_string(SampleId(input));
    EXPECT_EQ(found, expected) << field << " of " << input;
  }
}

}  // namespace
}  // namespace cairn::ping
