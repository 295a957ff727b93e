#include "server/search/duckdb_schema.h"

#include <gtest/gtest.h>

#include "server/search/first_schema_for_test.h"

namespace cairn::search {
namespace {

class ServerSearchDuckDbSchema : public ::testing::Test {
 protected:
  ServerSearchDuckDbSchema() : database_(DuckDatabase::Open("", {}, {})), connection_(database_->Connect()) {}

  std::string Text(const std::string& sql) {
    auto rows = connection_->Query(sql);
    EXPECT_TRUE(rows && rows->Next()) << sql;
    return rows->Text(0);
  }

  std::string ColumnsOf(const std::string& table) { return ColumnsOf(table, *connection_); }

  // Of a database that was made with `schema`.
  static std::string ColumnsOfFresh(const std::string& table, const std::string& schema) {
    const auto fresh = DuckDatabase::Open("", {}, {});
    auto connection = fresh->Connect();
    EXPECT_TRUE(connection->Execute(schema));
    return ColumnsOf(table, *connection);
  }

  static std::string ColumnsOf(const std::string& table, DuckConnection& connection) {
    auto rows = connection.Query(
        "SELECT string_agg(column_name || ' ' || data_type, ', ' ORDER BY column_name) FROM duckdb_columns() "
        "WHERE table_name = " +
        QuoteSql(table));
    EXPECT_TRUE(rows && rows->Next());
    return rows->Text(0);
  }

  base::Result<DuckDatabase> database_;
  base::Result<DuckConnection> connection_;
};

TEST_F(ServerSearchDuckDbSchema, AFirstDictionaryBecomesOneOfToday) {
  ASSERT_TRUE(connection_->Execute(kFirstDictionary));
  ASSERT_TRUE(
      connection_->Execute("INSERT INTO signatures VALUES (7, 'crash_here', 'crash_here | main'); INSERT "
                           "INTO signature_inputs VALUES "
                           "(7, -5, 'Linux', 'SIGSEGV', '{}'); INSERT INTO stacks VALUES (9, [2]), (-5, [1, "
                           "2]); INSERT INTO postings "
                           "VALUES (2, 9), (2, -5), (1, -5)"));
  ASSERT_TRUE(MigrateDictionary(*connection_, "memory"));
  EXPECT_EQ(Text("SELECT concat_ws(' ', input_id, signature, signature_group) FROM signatures"),
            "7 crash_here");
  EXPECT_EQ(Text("SELECT string_agg(p.address_id || ' of ' || s.id, ', ' ORDER BY p.address_id, s.id) FROM "
                 "postings p JOIN stacks s ON s.number = p.stack_number"),
            "1 of -5, 2 of -5, 2 of 9");
  EXPECT_EQ(
      Text("SELECT i.id || ' ' || t.signature FROM signature_inputs i JOIN signatures s ON s.input_number = "
           "i.number JOIN signature_texts t ON t.signature = s.signature"),
      "7 crash_here");
  ASSERT_TRUE(MigrateDictionary(*connection_, "memory")) << "a second time changes nothing";
  for (const std::string table :
       {"frames", "addresses", "address_frames", "stacks", "postings", "signature_inputs", "signatures",
        "signature_texts", "past_signatures", "schema_version"}) {
    EXPECT_EQ(ColumnsOf(table), ColumnsOfFresh(table, DictionarySchema("memory"))) << table;
  }
}

TEST_F(ServerSearchDuckDbSchema, FirstCrashesBecomeThoseOfToday) {
  ASSERT_TRUE(connection_->Execute(kFirstCrashes));
  ASSERT_TRUE(connection_->Execute(
      "ATTACH ':memory:' AS d; " + DictionarySchema("d") +
      "INSERT INTO d.stacks VALUES (9, 4, [1]), (8, 5, [2]); INSERT INTO d.signature_inputs "
      "(id, number) VALUES (7, 3); INSERT INTO crashes (date_ms, product, weight, input_id, "
      "stack_id) VALUES (5, 'Crashy', 1, 7, 9)"));
  ASSERT_TRUE(MigrateCrashes(*connection_, "memory", "d"));
  EXPECT_EQ(
      Text("SELECT concat_ws(' ', input_number, stack_number, thread_stack_numbers) FROM memory.crashes"),
      "3 4");
  EXPECT_EQ(Text("SELECT concat_ws(' ', date_ms, product, weight, a_moz_crash_reason) FROM crashes"),
            "5 Crashy 1.0");
  EXPECT_EQ(ColumnsOf("crashes"), ColumnsOfFresh("crashes", CrashesSchema("memory")));
}

TEST_F(ServerSearchDuckDbSchema, ThreadsOfFifthCrashesKeepTheirOrder) {
  ASSERT_TRUE(connection_->Execute("ATTACH ':memory:' AS d; " + DictionarySchema("d") +
                                   "INSERT INTO d.stacks VALUES (9, 4, [1]), (8, 5, [2]); " +
                                   std::string(kFirstCrashes) +
                                   "ALTER TABLE crashes ADD COLUMN thread_stack_ids BIGINT[]; INSERT INTO "
                                   "crashes (date_ms, thread_stack_ids) "
                                   "VALUES (1, [9, 8, 9]), (2, NULL), (3, [8])"));
  ASSERT_TRUE(MigrateCrashes(*connection_, "memory", "d"));
  EXPECT_EQ(
      Text("SELECT string_agg(date_ms || CAST(coalesce(thread_stack_numbers, []) AS VARCHAR), ' ' ORDER BY "
           "rowid) FROM memory.crashes"),
      "1[4, 5, 4] 2[] 3[5]");
}

TEST_F(ServerSearchDuckDbSchema, SumsOfHoursBecomeSumsOfSeconds) {
  ASSERT_TRUE(connection_->Execute(kSecondActivity));
  ASSERT_TRUE(
      connection_->Execute("INSERT INTO sums (window_ms, pings, usage_hours) VALUES (300000, 2, 1.5)"));
  ASSERT_TRUE(MigrateActivity(*connection_, "memory"));
  ASSERT_TRUE(MigrateActivity(*connection_, "memory")) << "a second time changes nothing";
  EXPECT_EQ(Text("SELECT concat_ws(' ', window_ms, pings, usage_seconds) FROM sums"), "300000 2 5400");
  for (const std::string table : {"sums", "taken", "pings", "clients", "schema_version"}) {
    EXPECT_EQ(ColumnsOf(table), ColumnsOfFresh(table, ActivitySchema("memory"))) << table;
  }
}

TEST_F(ServerSearchDuckDbSchema, PlatformsOfThirdSumsAreCalledAsCrashesCallThem) {
  ASSERT_TRUE(connection_->Execute(ActivitySchema("memory")));
  ASSERT_TRUE(connection_->Execute(
      "UPDATE schema_version SET version = 3; INSERT INTO sums (platform, pings) VALUES ('Windows', 1), "
      "('Mac', 2), ('Linux', 3), ('Other', 4), (NULL, 5)"));
  ASSERT_TRUE(MigrateActivity(*connection_, "memory"));
  EXPECT_EQ(Text("SELECT string_agg(coalesce(platform, '-'), ', ' ORDER BY pings) FROM sums"),
            "Windows NT, Mac OS X, Linux, -, -");
  EXPECT_EQ(Text("SELECT CAST(version AS VARCHAR) FROM schema_version"), std::to_string(kSchemaVersion));
}

TEST_F(ServerSearchDuckDbSchema, ASecondDictionaryGetsTheTableOfFormerSignatures) {
  ASSERT_TRUE(connection_->Execute(
      std::string(kFirstDictionary) +
      "ALTER TABLE signature_inputs ADD COLUMN more_stack_ids BIGINT[]; ALTER TABLE signatures ADD COLUMN "
      "signature_group VARCHAR; CREATE TABLE schema_version AS SELECT 2::BIGINT AS version"));
  ASSERT_TRUE(MigrateDictionary(*connection_, "memory"));
  EXPECT_EQ(Text("SELECT CAST(version AS VARCHAR) FROM schema_version"), std::to_string(kSchemaVersion));
  EXPECT_EQ(ColumnsOf("past_signatures"), "input_id BIGINT, signature VARCHAR");
}

TEST_F(ServerSearchDuckDbSchema, AnnotationsThatTheRegistryChangedAreConverted) {
  ASSERT_TRUE(connection_->Execute(CrashesSchema("memory")));
  ASSERT_TRUE(
      connection_->Execute("ALTER TABLE crashes ALTER COLUMN a_oom_allocation_size SET DATA TYPE VARCHAR; "
                           "ALTER TABLE crashes DROP COLUMN a_moz_crash_reason; ALTER TABLE crashes ADD "
                           "COLUMN a_no_longer VARCHAR; "
                           "INSERT INTO crashes (a_oom_allocation_size) VALUES ('4096'), ('large')"));
  ASSERT_TRUE(MigrateCrashes(*connection_, "memory", "memory"));
  EXPECT_EQ(Text("SELECT concat_ws(' ', sum(a_oom_allocation_size), count(*), count(a_moz_crash_reason)) "
                 "FROM crashes"),
            "4096 2 0");
}

TEST_F(ServerSearchDuckDbSchema, FilesOfANewerProgramAreRefused) {
  ASSERT_TRUE(connection_->Execute(CrashesSchema("memory")));
  ASSERT_TRUE(connection_->Execute("UPDATE schema_version SET version = 99"));
  EXPECT_EQ(MigrateCrashes(*connection_, "memory", "memory").error().code, base::Code::kUnsupported);
  EXPECT_EQ(MigrateDictionary(*connection_, "memory").error().code, base::Code::kUnsupported);
  EXPECT_EQ(MigrateActivity(*connection_, "memory").error().code, base::Code::kUnsupported);
}

}  // namespace
}  // namespace cairn::search
