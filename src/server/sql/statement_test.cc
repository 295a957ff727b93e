#include "server/sql/statement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::sql {
namespace {

using ::testing::HasSubstr;

// The engine as cairn-sql opens it, but without the sandbox: its own refusals.
class ServerSqlStatement : public ::testing::Test {
 protected:
  ServerSqlStatement() : index_(*search::DuckDbIndex::Open(folder_.Path("index"))) {
    search::CrashRow ping = search::TestRow(2);
    ping.kind = search::CrashKind::kPing;
    EXPECT_TRUE(index_->Add(std::vector{search::TestRow(1), ping}));
    reports_ = *index_->TakeSnapshot({.kind = search::CrashKind::kReport});
    pings_ = *index_->TakeSnapshot({.kind = search::CrashKind::kPing});
  }

  std::variant<std::string, Refusal> Run(const std::string& statement, StatementLimits limits = {},
                                         bool with_pings = false) {
    const auto path = [](const search::Snapshot& snapshot) {
      return "/proc/self/fd/" + std::to_string(snapshot.file.get());
    };
    auto engine = SqlEngine::Open(path(reports_), with_pings ? path(pings_) : "", limits);
    EXPECT_TRUE(engine);
    return engine->Run(statement);
  }
  std::string Answer(const std::string& statement, StatementLimits limits = {}, bool with_pings = false) {
    const auto answer = Run(statement, limits, with_pings);
    const auto* const refusal = std::get_if<Refusal>(&answer);
    return refusal != nullptr ? "refused: " + refusal->sentence : std::get<std::string>(answer);
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<search::DuckDbIndex> index_;
  search::Snapshot reports_;
  search::Snapshot pings_;
};

TEST_F(ServerSqlStatement, TablesAreThoseOfReportsAndWithThePermissionOfPings) {
  EXPECT_EQ(
      Answer("SELECT signature, count(*) AS crashes FROM crashes GROUP BY ALL"),
      "{\"columns\":[{\"name\":\"signature\",\"type\":\"text\"},{\"name\":\"crashes\",\"type\":\"integer\"}"
      "],\"rows\":[\n[\"crash_here\",1]\n]}\n");
  EXPECT_THAT(Answer("FROM frames SELECT function ORDER BY frame"),
              HasSubstr("[\"crash_here\"],\n[\"main\"]"));
  EXPECT_THAT(Answer("SELECT uuid FROM pings"), HasSubstr("refused: Catalog Error"));
  EXPECT_THAT(Answer("SELECT uuid FROM pings", {}, true), HasSubstr(search::TestUuid(2)));
  EXPECT_THAT(Answer("SELECT count(*) FROM ping_frames", {}, true), HasSubstr("[2]"));
}

TEST_F(ServerSqlStatement, EveryTypeHasAFormInJson) {
  EXPECT_THAT(
      Answer("SELECT true, 1::TINYINT, 5::UBIGINT, 3::HUGEINT, 1.5::DECIMAL(5,2), 'nan'::DOUBLE, NULL, "
             "TIMESTAMP '2026-11-22 10:00:00', DATE '2026-11-22', [1, 2], {'a': 'x'}, '\"é'"),
      HasSubstr("[true,1,5,3,1.5,null,null,\"2026-11-22T10:00:00.000Z\",\"2026-11-22\",\"[1, 2]\","
                "\"{'a': x}\",\"\\\"é\"]"));
}

TEST_F(ServerSqlStatement, AStatementMayEndInAnyWayAndHaveAnyForm) {
  for (const char* const statement :
       {"SELECT 7;", "SELECT 7 ; \n", "SELECT 7 -- so", "/* (((( */ SELECT 7", "VALUES (7)",
        "WITH a AS (SELECT 7) FROM a", "(SELECT 7)", "SELECT 7 ORDER BY 1 LIMIT 3",
        "SELECT 7 UNION ALL SELECT 8", "SELECT max(range) FROM range(8)"})
    EXPECT_THAT(Answer(statement), HasSubstr("\"rows\":[\n[7]")) << statement;
  EXPECT_THAT(Answer("SELECT range FROM range(300000) ORDER BY range DESC", {.rows = 2}),
              HasSubstr("[299999],\n[299998]\n]"));
}

TEST_F(ServerSqlStatement, WhatIsNoSelectIsRefused) {
  for (const char* const statement : {"",
                                      " ; ",
                                      "nonsense",
                                      "SELECT 1; SELECT 2",
                                      "SELECT 1) FROM (SELECT 2",
                                      "SELECT ?",
                                      "CREATE TABLE t (a INT)",
                                      "CREATE VIEW v AS SELECT 1",
                                      "CREATE MACRO m() AS 1",
                                      "INSERT INTO crashes VALUES (1)",
                                      "DELETE FROM crashes",
                                      "UPDATE crashes SET signature = ''",
                                      "DROP VIEW crashes",
                                      "ALTER TABLE crashes ADD COLUMN a INT",
                                      "ATTACH ':memory:' AS a",
                                      "ATTACH '/tmp/x.duckdb'",
                                      "DETACH reports_copy",
                                      "USE reports_copy",
                                      "COPY crashes TO '/tmp/cairn_sql_test.csv'",
                                      "COPY (SELECT 1) TO '/tmp/cairn_sql_test.csv'",
                                      "EXPORT DATABASE '/tmp/cairn_sql_test'",
                                      "IMPORT DATABASE '/tmp/cairn_sql_test'",
                                      "INSTALL httpfs",
                                      "LOAD httpfs",
                                      "PRAGMA database_list",
                                      "PRAGMA enable_profiling",
                                      "PRAGMA import_database('/tmp')",
                                      "CALL pragma_version()",
                                      "SET threads = 8",
                                      "SET enable_external_access = true",
                                      "RESET enable_external_access",
                                      "SET lock_configuration = false",
                                      "BEGIN",
                                      "CHECKPOINT",
                                      "VACUUM",
                                      "PREPARE p AS SELECT 1",
                                      "EXECUTE p",
                                      "EXPLAIN ANALYZE SELECT 1",
                                      "CREATE SECRET (TYPE http)"})
    EXPECT_THAT(Answer(statement), HasSubstr("refused: ")) << statement;
}

TEST_F(ServerSqlStatement, NoFileNetworkOrVariableIsReached) {
  for (const char* const statement :
       {"SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_blob('/etc/passwd')", "SELECT * FROM read_parquet('/etc/passwd')",
        "SELECT * FROM read_json('/etc/passwd')", "SELECT * FROM '/etc/passwd.csv'",
        "SELECT * FROM glob('/etc/*')", "SELECT * FROM sniff_csv('/etc/passwd')",
        "SELECT * FROM parquet_metadata('/etc/passwd')", "SELECT * FROM read_csv('http://127.0.0.1:1/x')",
        "SELECT getenv('HOME')", "SELECT * FROM read_csv('/proc/self/environ')",
        "SELECT * FROM read_text('/proc/self/fd/5')",
        "SELECT * FROM query('COPY crashes TO ''/tmp/cairn_sql_test.csv''')"})
    EXPECT_THAT(Answer(statement), HasSubstr("refused: ")) << statement;
}

TEST_F(ServerSqlStatement, AnswersAreCutAndSaySo) {
  EXPECT_THAT(Answer("FROM range(5)", {.rows = 3}), HasSubstr("[0],\n[1],\n[2]\n],\"cut\":\"rows\"}"));
  EXPECT_THAT(Answer("FROM range(3)", {.rows = 3}), HasSubstr("[2]\n]}"));
  const std::string cut = Answer("SELECT repeat('x', 100) FROM range(1000)", {.rows = 1000, .bytes = 1000});
  EXPECT_LT(cut.size(), 1100u);
  EXPECT_THAT(cut, HasSubstr("\"cut\":\"bytes\"}"));
  EXPECT_THAT(Answer("SELECT list(range) FROM range(20000000)", {.memory_mb = 64}),
              HasSubstr("refused: Out of Memory"));
  EXPECT_LE(std::get<Refusal>(Run("SELECT " + std::string(50'000, 'x'))).sentence.size(), kMaxSentenceBytes);
}

}  // namespace
}  // namespace cairn::sql
