#include "server/collector/rule_dry_run.h"

#include <gtest/gtest.h>

#include "server/collector/rule_file.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::collector {
namespace {

class DryRunTest : public ::testing::Test {
 protected:
  void Keep(const std::string& day, const std::string& id, const std::string& channel,
            const std::string& rule, double weight) {
    const std::string json = R"({"ReleaseChannel":")" + channel +
                             R"(","metadata":{"submitted_ms":1,"throttle_rule":")" + rule +
                             R"(","throttle_weight":)" + std::to_string(weight) + "}}";
    ASSERT_TRUE(blobs_.Put(store::RawCrashKey(day, id), base::AsBytes(json)));
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::uint64_t read_ = 0;
};

TEST_F(DryRunTest, EachReportCountsAsWhatItStandsFor) {
  Keep("20260501", "a", "release", "sampled", 10);
  Keep("20260502", "b", "release", "sampled", 10);
  Keep("20260502", "c", "beta", "rest", 1);
  Keep("20260430", "old", "beta", "rest", 1);
  ASSERT_TRUE(blobs_.Put(store::RawCrashKey("20260502", "d"), base::AsBytes("[]")));
  const auto rules = ParseRules(
      "[[rule]]\nname = \"sampled\"\nresult = \"accept\"\npercent = 25\nwhen = [{ field = "
      "\"ReleaseChannel\", equals = "
      "\"release\" }]\n[[rule]]\nname = \"no_beta\"\nresult = \"reject\"\n");
  const auto run =
      RunDry(std::get<RuleSet>(rules), blobs_, "20260501", [this](std::uint64_t read) { read_ = read; });
  ASSERT_TRUE(run);
  EXPECT_EQ(read_, 4u);
  EXPECT_EQ(run->unreadable, 1u);
  const DryRun::Row& sampled = run->rows.at("sampled");
  EXPECT_EQ(sampled.stored, 2u);
  EXPECT_EQ(sampled.stands_for, 20);
  EXPECT_EQ(sampled.would_keep, 5);
  EXPECT_EQ(sampled.would_refuse, 15);
  EXPECT_EQ(run->rows.at("no_beta").would_refuse, 1);
  EXPECT_EQ(run->rows.at("rest").stored, 1u);
  EXPECT_EQ(FormatDryRun(*run),
            "rule    stored today they stand for      new: kept   new: refused\n"
            "no_beta            0              0              0              1\n"
            "rest               1              1              0              0\n"
            "sampled            2             20              5             15\n"
            "total              3             21              5             16\n");
}

TEST_F(DryRunTest, WithoutReportsNothingIsCounted) {
  const auto run = RunDry(RuleSet{}, blobs_, "20260501", [](std::uint64_t) {});
  ASSERT_TRUE(run);
  EXPECT_TRUE(run->rows.empty());
}

}  // namespace
}  // namespace cairn::collector
