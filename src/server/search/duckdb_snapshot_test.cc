#include "server/search/duckdb_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "server/search/crash_index_contract_for_test.h"

namespace cairn::search {
namespace {

class ServerSearchSnapshot : public CrashIndexContract {
 protected:
  static constexpr SnapshotQuestion kReports = {
      .kind = CrashKind::kReport, .from_ms = kTestNowMs - kTestDayMs, .max_age_ms = 0};

  // The rows that a statement finds in a copy, a text each, values divided by "|".
  std::vector<std::string> Read(const SnapshotQuestion& question, const std::string& sql) {
    const auto snapshot = index_->TakeSnapshot(question);
    EXPECT_TRUE(snapshot) << (snapshot ? "" : base::Describe(snapshot.error()));
    std::vector<std::string> found;
    std::string message;
    auto database = DuckDatabase::Open("", {}, [&](std::string_view text) { message = text; });
    auto connection = database->Connect();
    EXPECT_TRUE(connection->Execute("ATTACH '/proc/self/fd/" + std::to_string(snapshot->file.get()) +
                                    "' AS copy (READ_ONLY); USE copy"))
        << message;
    auto rows =
        connection->Query("SELECT concat_ws('|', COLUMNS(*)::VARCHAR) FROM (SELECT * FROM (" + sql + "))");
    EXPECT_TRUE(rows) << message;
    while (rows && rows->Next()) found.push_back(rows->Text(0));
    return found;
  }
};

TEST_P(ServerSearchSnapshot, CrashesOfTheKindAndTheTimeWithTheirFieldsAndStacks) {
  CrashRow report = TestRow(1);
  report.weight = 4;
  CrashRow old = TestRow(2);
  old.date_ms -= 2 * kTestDayMs;
  CrashRow ping = TestRow(3);
  ping.kind = CrashKind::kPing;
  Add({report, old, ping});
  EXPECT_THAT(
      Read(kReports,
           "SELECT uuid || ' ' || date || ' ' || signature || ' ' || weight || ' ' || kind FROM crashes"),
      ::testing::ElementsAre(TestUuid(1) + " 2026-11-22 11:59:59 crash_here 4.0 report"));
  EXPECT_THAT(Read(kReports,
                   "SELECT frame || ' ' || inline_depth || ' ' || module || ' ' || debug_id || ' ' || "
                   "module_offset || ' ' || function || ' ' || file || ' ' || line FROM frames JOIN crashes "
                   "USING (stack_id) ORDER BY frame"),
              ::testing::ElementsAre("0 0 crashy AB0 16 crash_here a.cc 3", "1 0 crashy AB0 32 main a.cc 9"));
  SnapshotQuestion pings = kReports;
  pings.kind = CrashKind::kPing;
  EXPECT_THAT(Read(pings, "SELECT uuid FROM crashes"), ::testing::ElementsAre(TestUuid(3)));
  SnapshotQuestion all = kReports;
  all.from_ms = 0;
  EXPECT_EQ(Read(all, "SELECT uuid FROM crashes").size(), 2u);
}

TEST_P(ServerSearchSnapshot, AnEmptyIndexHasTheTablesAndNoClientIsInThem) {
  EXPECT_THAT(Read(kReports, "SELECT count(*) FROM crashes"), ::testing::ElementsAre("0"));
  const auto columns = Read(kReports, "SELECT column_name FROM (DESCRIBE crashes)");
  EXPECT_EQ(columns.size(), SnapshotTables().at(0).columns.size());
  EXPECT_THAT(columns, ::testing::Not(::testing::Contains("client")));
  EXPECT_EQ(Read(kReports, "DESCRIBE frames").size(), SnapshotTables().at(1).columns.size());
}

TEST_P(ServerSearchSnapshot, NamesAreListsAndProtectedFieldsAreLeftOut) {
  CrashRow row = TestRow(1);
  for (const char* const name : {"user_comments", "url", "app_notes"})
    row.annotations.emplace_back(FindField(name)->id, "planted");
  const std::vector<std::string> addons = {"first:1", "second:2"};
  row.annotations.emplace_back(FindField("addons")->id, JoinNames(addons));
  std::ranges::sort(row.annotations, {}, &std::pair<FieldId, Value>::first);
  Add({row});
  EXPECT_THAT(Read(kReports, "SELECT addons[2] || ' ' || len(addons) FROM crashes"),
              ::testing::ElementsAre("second:2 2"));
  EXPECT_THAT(Read(kReports, "FROM crashes"),
              ::testing::Each(::testing::Not(::testing::HasSubstr("planted"))));
}

TEST_P(ServerSearchSnapshot, IsMadeAnewOnceItIsTooOldAndHasNoNameOnDisk) {
  Add({TestRow(1)});
  SnapshotQuestion lasting = kReports;
  lasting.max_age_ms = 1'000'000;
  const std::string count = "SELECT count(*) FROM crashes";
  EXPECT_THAT(Read(lasting, count), ::testing::ElementsAre("1"));
  Add({TestRow(2)});
  EXPECT_THAT(Read(lasting, count), ::testing::ElementsAre("1"));
  EXPECT_THAT(Read(kReports, count), ::testing::ElementsAre("2"));
  Add({TestRow(3)});
  lasting.from_ms -= 1;
  EXPECT_THAT(Read(lasting, count), ::testing::ElementsAre("3")) << "of more days than the last";
  EXPECT_THAT(*os::ListDirectory(folder_.Path("it's the index") + "/snapshots"), ::testing::IsEmpty());
}

TEST_P(ServerSearchSnapshot, WhatWasPurgedOrHasExpiredIsInNone) {
  CrashRow old = TestRow(2);
  old.date_ms -= kTestDayMs / 2;
  Add({TestRow(1), old, TestRow(3)});
  SnapshotQuestion lasting = kReports;
  lasting.max_age_ms = 1'000'000;
  EXPECT_EQ(Read(lasting, "SELECT uuid FROM crashes").size(), 3u);
  const std::string purged = TestUuid(1);
  ASSERT_TRUE(index_->Purge(std::span(&purged, 1)));
  EXPECT_EQ(Read(lasting, "SELECT uuid FROM crashes").size(), 2u);
  Retention retention;
  retention.rules.push_back({.before_ms = kTestNowMs - kTestDayMs / 4});
  ASSERT_TRUE(index_->Expire(retention));
  EXPECT_THAT(Read(lasting, "SELECT uuid FROM crashes"), ::testing::ElementsAre(TestUuid(3)));
}

TEST(ServerSearchSnapshotFolder, WhatAKillLeftGoesAtTheNextStart) {
  store::TemporaryFolder folder;
  ASSERT_TRUE(DuckDbIndex::Open(folder.Path("index")));
  const std::string left = folder.Path("index") + "/snapshots/snapshot_report.duckdb";
  ASSERT_TRUE(os::WriteFileDurably(left, base::AsBytes(std::string_view("half"))));
  ASSERT_TRUE(DuckDbIndex::Open(folder.Path("index")));
  EXPECT_THAT(*os::ListDirectory(folder.Path("index") + "/snapshots"), ::testing::IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(All, ServerSearchSnapshot, ::testing::ValuesIn(CrashIndexImplementations()),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace cairn::search
