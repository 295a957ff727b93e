#include "server/search/duckdb_crashes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "os/file.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_schema.h"
#include "server/search/memory_dictionary_for_test.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::search {
namespace {

using store::TemporaryFolder;
using ::testing::ElementsAre;

class ServerSearchDuckDbCrashes : public ::testing::Test {
 protected:
  ServerSearchDuckDbCrashes()
      : database_(DuckDatabase::Open("", {}, {})),
        connection_(database_->Connect()),
        dictionary_(*connection_),
        crashes_(folder_.Path("weeks"), *connection_) {
    EXPECT_TRUE(crashes_.Open(*dictionary_));
  }

  base::Status Add(const std::vector<CrashRow>& rows) { return crashes_.Add(rows, dictionary_.With(rows)); }

  std::vector<std::string> Texts(const std::string& sql) {
    std::vector<std::string> texts;
    auto rows = connection_->Query(sql);
    EXPECT_TRUE(rows) << sql;
    while (rows && rows->Next()) texts.push_back(rows->Text(0));
    return texts;
  }

  TemporaryFolder folder_;
  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
  MemoryDictionary dictionary_;
  DuckDbCrashes crashes_;
};

TEST_F(ServerSearchDuckDbCrashes, AWindowChoosesItsFiles) {
  std::vector<CrashRow> rows;
  for (std::uint64_t i = 0; i < 4; ++i) {
    rows.push_back(TestRow(i));
    rows.back().date_ms = kTestNowMs - static_cast<std::int64_t>(i) * 7 * kTestDayMs;
  }
  rows[3].date_ms = -1;  // The clock of a machine without one; still a place to be.
  ASSERT_TRUE(Add(rows));
  const auto names = [&](DateWindow window) {
    std::vector<std::string> stems;
    const std::vector<CrashKind> kinds = {CrashKind::kReport};
    for (const DuckDbCrashes::File& file : crashes_.Overlapping(kinds, window))
      stems.push_back(file.file->stem);
    return stems;
  };
  EXPECT_EQ(crashes_.All().size(), 4U);
  EXPECT_THAT(names({kTestNowMs, kTestNowMs + 1}), ElementsAre("report-2026-11-16"));
  EXPECT_THAT(names({kTestNowMs - 7 * kTestDayMs, kTestNowMs}),
              ElementsAre("report-2026-11-09", "report-2026-11-16"));
  EXPECT_THAT(names({-2, 0}), ElementsAre("report-1969-12-29"));
  EXPECT_THAT(names({kTestNowMs, kTestNowMs}), ElementsAre());
}

TEST_F(ServerSearchDuckDbCrashes, ARowHoldsAllThatItWasGiven) {
  CrashRow row = TestRow(1);
  row.client_date_ms = 123;
  row.counterpart_id = "other";
  row.client = ClientToken("somebody");
  row.rule = "has_comments";
  row.weight = 10;
  row.other_threads = {MakeStack({}), row.input->parts().stack};
  const Field* const reason = FindField("moz_crash_reason");
  const Field* const uptime = FindField("uptime_ts");
  const Field* const startup = FindField("startup_crash");
  ASSERT_TRUE(reason != nullptr && uptime != nullptr && startup != nullptr);
  row.annotations = {{startup->id, std::int64_t{1}}, {uptime->id, 2.5}, {reason->id, "out of cheese"}};
  std::ranges::sort(row.annotations, {}, &std::pair<FieldId, Value>::first);
  ASSERT_TRUE(Add({row}));
  EXPECT_THAT(
      Texts("SELECT concat_ws(' ', client_date_ms, counterpart_id, rule, weight, len(thread_stack_numbers), "
            "thread_stack_numbers[2] = stack_number, a_moz_crash_reason, a_uptime_ts, a_startup_crash, "
            "a_abort_message, client = " +
            std::to_string(row.client) + ") FROM " + crashes_.All()[0].file->catalog + ".crashes"),
      ElementsAre("123 other has_comments 10.0 2 true out of cheese 2.5 true true"));
}

TEST_F(ServerSearchDuckDbCrashes, AFailedBatchIsNotTakenForKnown) {
  ASSERT_TRUE(Add({TestRow(1)}));
  const std::string table = crashes_.All()[0].file->catalog + ".crashes";
  ASSERT_TRUE(connection_->Execute("ALTER TABLE " + table + " RENAME TO elsewhere"));
  EXPECT_FALSE(Add({TestRow(2)}));
  ASSERT_TRUE(connection_->Execute("ALTER TABLE " + crashes_.All()[0].file->catalog +
                                   ".elsewhere RENAME TO crashes"));
  ASSERT_TRUE(Add({TestRow(1), TestRow(2)}));
  EXPECT_EQ(Texts("SELECT uuid::VARCHAR FROM " + table).size(), 2U);
}

// An operator's annotations that whoever removes knows nothing of.
TEST_F(ServerSearchDuckDbCrashes, ColumnsOfOthersStayWhereRowsAreRemoved) {
  std::vector<CrashRow> rows = {TestRow(1), TestRow(2)};
  rows[1].date_ms = rows[0].date_ms;
  ASSERT_TRUE(Add(rows));
  const DuckDbCrashes::File before = crashes_.All().at(0);
  ASSERT_TRUE(connection_->Execute("ALTER TABLE " + before.file->catalog +
                                   ".crashes ADD COLUMN a_acme_tier BIGINT; UPDATE " + before.file->catalog +
                                   ".crashes SET a_acme_tier = 3"));
  ASSERT_TRUE(crashes_.RemoveRows(before, {"uuid = CAST(? AS UUID)", {Value(rows[0].uuid)}}));
  const DuckDbCrashes::File after = crashes_.All().at(0);
  EXPECT_THAT(Texts("SELECT CAST(a_acme_tier AS VARCHAR) FROM " + after.file->catalog + ".crashes"),
              ElementsAre("3"));
  EXPECT_EQ(*SchemaVersionOf(*connection_, after.file->catalog), kSchemaVersion);
  rows[0].uuid = rows[0].uuid.substr(0, 35) + "0";
  EXPECT_TRUE(Add(rows));
}

TEST_F(ServerSearchDuckDbCrashes, RemovedRowsLeaveNoByte) {
  CrashRow marked = TestRow(1);
  marked.product = "a mark that must be gone";
  ASSERT_TRUE(Add({marked, TestRow(2)}));
  DuckDbCrashes::File before = crashes_.All()[0];
  ASSERT_TRUE(connection_->Execute("CHECKPOINT " + before.file->catalog));
  EXPECT_NE(os::ReadFile(before.file->path, 1 << 26)->find(marked.product), std::string::npos);
  const DuckDbCrashes::Rows rows = {"product = ?", {marked.product}};
  EXPECT_EQ(crashes_.Count(before, rows)->rows, 1);
  EXPECT_EQ(crashes_.Count(before, rows)->all, 2);
  ASSERT_TRUE(crashes_.RemoveRows(before, rows));
  EXPECT_FALSE(*crashes_.RemoveRetired()) << "somebody reads the old file still";
  EXPECT_THAT(Texts("SELECT count(*)::VARCHAR FROM " + before.file->catalog + ".crashes"), ElementsAre("2"));
  const std::string old_path = before.file->path;
  before.file.reset();
  EXPECT_TRUE(*crashes_.RemoveRetired());
  EXPECT_FALSE(os::Inspect(old_path));
  const DuckDbCrashes::File after = crashes_.All()[0];
  EXPECT_EQ(os::ReadFile(after.file->path, 1 << 26)->find(marked.product), std::string::npos);
  EXPECT_THAT(Texts("SELECT uuid::VARCHAR FROM " + after.file->catalog + ".crashes"),
              ElementsAre(TestUuid(2)));
  ASSERT_TRUE(Add({TestRow(2), TestRow(3)}));
  EXPECT_EQ(Texts("SELECT uuid::VARCHAR FROM " + after.file->catalog + ".crashes").size(), 2U);
}

}  // namespace
}  // namespace cairn::search
