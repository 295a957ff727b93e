#include "server/search/duckdb_weeks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/file.h"
#include "server/search/crash_rows_for_test.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

using store::TemporaryFolder;
using ::testing::ElementsAre;

TEST(ServerSearchDuckDbWeeks, OnlyWholeUuidsAreRead) {
  const auto uuid = ParseUuid("01234567-89AB-cdef-0123-456789abcdef");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(uuid->upper, 0x0123456789abcdefU);
  EXPECT_EQ(uuid->lower, 0x0123456789abcdefU);
  for (const std::string text :
       {"", "01234567-89ab-cdef-0123-456789abcde", "0123456789abcdef0123456789abcdef",
        "01234567-89ab-cdef-0123-456789abcdeg", "012345678-9ab-cdef-0123-456789abcdef",
        "{1234567-89ab-cdef-0123-456789abcde}", "+1234567-89ab-cdef-0123-456789abcdef"}) {
    EXPECT_FALSE(ParseUuid(text)) << text;
  }
}

TEST(ServerSearchDuckDbWeeks, AWindowChoosesItsFiles) {
  const TemporaryFolder folder;
  const auto database = DuckDatabase::Open("", {}, {});
  ASSERT_TRUE(database);
  auto connection = database->Connect();
  ASSERT_TRUE(connection);
  DuckDbWeeks weeks(folder.Path("weeks"), *connection);
  ASSERT_TRUE(weeks.AttachAll());
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 4; ++i) {
    rows.push_back(TestRow(i));
    rows.back().date_ms = kTestNowMs - static_cast<std::int64_t>(i) * 7 * kTestDayMs;
  }
  rows[3].date_ms = -1;  // The clock of a machine without one; still a place to be.
  std::vector<DuckDbWeeks::NewRow> added;
  for (const CrashRow& row : rows) added.push_back({&row, *ParseUuid(row.uuid), {}});
  ASSERT_TRUE(weeks.Add(added));
  const auto names = [&](DateWindow window) {
    std::vector<std::string> catalogs;
    const std::vector<CrashKind> kinds = {CrashKind::kReport};
    for (const DuckDbWeeks::File& file : weeks.Overlapping(kinds, window)) catalogs.push_back(file.catalog);
    return catalogs;
  };
  EXPECT_EQ(weeks.All().size(), 4U);
  EXPECT_THAT(names({kTestNowMs, kTestNowMs + 1}), ElementsAre("report_2026_11_16"));
  EXPECT_THAT(names({kTestNowMs - 7 * kTestDayMs, kTestNowMs}),
              ElementsAre("report_2026_11_09", "report_2026_11_16"));
  EXPECT_THAT(names({-2, 0}), ElementsAre("report_1969_12_29"));
  EXPECT_THAT(names({kTestNowMs, kTestNowMs}), ElementsAre());
}

TEST(ServerSearchDuckDbWeeks, AFileIsMadeWholeOrNotAtAll) {
  const TemporaryFolder folder;
  EXPECT_FALSE(CreateDuckDbFile(folder.Path("a.duckdb"), "CREATE TABLE t (nonsense", {}));
  EXPECT_FALSE(os::Inspect(folder.Path("a.duckdb")));
  ASSERT_TRUE(CreateDuckDbFile(folder.Path("a.duckdb"), "CREATE TABLE t (a BIGINT)", {}));
  EXPECT_FALSE(os::Inspect(folder.Path("a.duckdb.new")));
  const auto database = DuckDatabase::Open(folder.Path("a.duckdb"), {}, {});
  ASSERT_TRUE(database);
  EXPECT_TRUE(database->Connect()->Query("SELECT a FROM t"));
}

}  // namespace
}  // namespace cairn::search
