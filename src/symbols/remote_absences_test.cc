#include "symbols/remote_absences.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace cairn::symbols {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kNow = 1'700'000'000'000;
constexpr std::int64_t kDay = std::int64_t{24} * 3600 * 1000;

class RemoteAbsencesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("cairn_remote_absences_" + std::to_string(getpid()));
    fs::remove_all(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  // The reason that another process would find.
  std::optional<AbsenceReason> OnDisk(const std::string& server, std::int64_t now) const {
    RemoteAbsences later(folder_);
    const auto found = later.Find(server, "a/b/c.sym", now);
    return found ? std::optional(found->reason) : std::nullopt;
  }

  fs::path folder_;
};

TEST_F(RemoteAbsencesTest, ReasonsAreKeptApartAndOutliveTheProcess) {
  RemoteAbsences absences(folder_);
  absences.Remember("http://a", "a/b/c.sym", {AbsenceReason::kNotThere, 404}, std::nullopt, kNow);
  absences.Remember("http://b", "a/b/c.sym", {AbsenceReason::kRateLimited, 429}, 100, kNow);
  absences.Remember("http://c", "a/b/c.sym", {AbsenceReason::kServerError, 500}, std::nullopt, kNow);
  EXPECT_EQ(OnDisk("http://a", kNow), AbsenceReason::kNotThere);
  EXPECT_EQ(OnDisk("http://a", kNow + kDay - 1), AbsenceReason::kNotThere);
  EXPECT_EQ(OnDisk("http://a", kNow + kDay), std::nullopt);
  EXPECT_EQ(OnDisk("http://b", kNow + 99'000), AbsenceReason::kRateLimited);
  EXPECT_EQ(OnDisk("http://b", kNow + 100'000), std::nullopt);
  EXPECT_EQ(OnDisk("http://c", kNow + 29'000), AbsenceReason::kServerError);
  EXPECT_EQ(OnDisk("http://c", kNow + 30'000), std::nullopt);
  EXPECT_EQ(OnDisk("http://d", kNow), std::nullopt);
}

TEST_F(RemoteAbsencesTest, ServerThatIsBusyOrAwayIsNotAskedForOtherFiles) {
  RemoteAbsences absences("");
  absences.Remember("http://a", "x", {AbsenceReason::kNotThere, 404}, std::nullopt, kNow);
  EXPECT_FALSE(absences.Find("http://a", "y", kNow));
  absences.Remember("http://a", "x", {AbsenceReason::kNetwork, 200}, std::nullopt, kNow);
  EXPECT_FALSE(absences.Find("http://a", "y", kNow)) << "it answered; only this transfer broke off";
  absences.Remember("http://a", "x", {AbsenceReason::kNetwork, 0}, std::nullopt, kNow);
  EXPECT_TRUE(absences.Find("http://a", "y", kNow));
  EXPECT_FALSE(absences.Find("http://a", "y", kNow + 15'000));
  EXPECT_FALSE(absences.Find("http://b", "y", kNow));
}

TEST_F(RemoteAbsencesTest, OddFilesAreNotBelieved) {
  fs::create_directories(folder_ / "a/b");
  std::ofstream(folder_ / "a/b/c.sym.absent") << "rubbish\nnot-there 404 99999999999999999 http://a\n"
                                              << "odd 404 1700000001000 http://a\nnot-there x y http://a\n";
  EXPECT_EQ(OnDisk("http://a", kNow), std::nullopt) << "beyond the longest belief";
}

TEST(BeliefMillisTest, ServersMayNotAskForMoreThanAnHour) {
  EXPECT_EQ(BeliefMillis(AbsenceReason::kRateLimited, 86'400), 3'600'000);
  EXPECT_EQ(BeliefMillis(AbsenceReason::kRateLimited, 0), 1000);
  EXPECT_EQ(BeliefMillis(AbsenceReason::kNotThere, 5), kDay);
}

TEST(ErrorOfTest, OnlyAbsenceIsNotFound) {
  for (const auto reason : {AbsenceReason::kRateLimited, AbsenceReason::kServerError, AbsenceReason::kNetwork,
                            AbsenceReason::kBlocked, AbsenceReason::kUnreadable}) {
    EXPECT_NE(ErrorOf({reason, 0}).code, base::Code::kNotFound);
  }
  EXPECT_EQ(ErrorOf({AbsenceReason::kNotThere, 404}).code, base::Code::kNotFound);
}

}  // namespace
}  // namespace cairn::symbols
