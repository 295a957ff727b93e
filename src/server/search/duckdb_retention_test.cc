#include "server/search/duckdb_retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_rows_for_test.h"
#include "server/search/files_for_test.h"
#include "server/search/memory_dictionary_for_test.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

using store::TemporaryFolder;
using ::testing::ElementsAre;

class ServerSearchDuckDbRetention : public ::testing::Test {
 protected:
  ServerSearchDuckDbRetention()
      : database_(DuckDatabase::Open("", {}, {})),
        connection_(database_->Connect()),
        dictionary_(*connection_),
        crashes_(folder_.Path("weeks"), *connection_) {
    EXPECT_TRUE(crashes_.Open(*dictionary_));
    CrashRow next_week = TestRow(3);
    next_week.date_ms += 7 * kTestDayMs;
    CrashRow other = TestRow(2);
    other.product = "Editor";
    const std::vector<CrashRow> rows = {TestRow(1), other, next_week};
    EXPECT_TRUE(crashes_.Add(rows, dictionary_.With(rows)));
  }

  std::uint64_t Expire(const RetentionRule& rule) {
    std::uint64_t gone = 0;
    for (const DuckDbCrashes::File& file : crashes_.All()) {
      const auto expired = ExpireCrashes(crashes_, file, std::span(&rule, 1));
      EXPECT_TRUE(expired);
      gone += expired ? *expired : 0;
    }
    EXPECT_TRUE(*crashes_.RemoveRetired());
    return gone;
  }

  std::vector<std::string> Files() { return DuckDbFilesIn(folder_.Path("weeks")); }

  TemporaryFolder folder_;
  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
  MemoryDictionary dictionary_;
  DuckDbCrashes crashes_;
};

TEST_F(ServerSearchDuckDbRetention, AWholeWeekIsAnUnlink) {
  EXPECT_EQ(Expire({.before_ms = kTestNowMs + kTestDayMs}), 2U);
  EXPECT_THAT(Files(), ElementsAre("report-2026-11-23.duckdb"));
}

TEST_F(ServerSearchDuckDbRetention, AShareOfAWeekLeavesACopyOfTheRest) {
  EXPECT_EQ(Expire({.product = "Editor", .before_ms = kTestNowMs}), 1U);
  EXPECT_THAT(Files(), ElementsAre("report-2026-11-16.1.duckdb", "report-2026-11-23.duckdb"));
  EXPECT_EQ(Expire({.product = "Editor", .before_ms = kTestNowMs}), 0U);
  EXPECT_THAT(Files(), ElementsAre("report-2026-11-16.1.duckdb", "report-2026-11-23.duckdb"))
      << "not copied again";
}

TEST_F(ServerSearchDuckDbRetention, AFileOfWhichNothingStaysIsAnUnlinkAsWell) {
  EXPECT_EQ(Expire({.before_ms = kTestNowMs}), 2U) << "before the week ends";
  EXPECT_THAT(Files(), ElementsAre("report-2026-11-23.duckdb"));
}

TEST_F(ServerSearchDuckDbRetention, TheOtherKindIsNotTouched) {
  EXPECT_EQ(Expire({.kind = CrashKind::kPing, .before_ms = kTestNowMs * 2}), 0U);
  EXPECT_EQ(Files().size(), 2U);
}

}  // namespace
}  // namespace cairn::search
