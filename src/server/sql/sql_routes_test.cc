// The routes with the real program, which runs each statement in its sandbox.
#include "server/sql/sql_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "base/json_writer.h"
#include "base/parse_json.h"
#include "os/file.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::sql {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class ServerSqlRoutes : public ::testing::Test {
 protected:
  ServerSqlRoutes()
      : index_(*search::DuckDbIndex::Open(folder_.Path("index"))),
        directory_(*store::SociDirectory::OpenSqlite(folder_.Path("directory"))),
        audit_(*directory_) {
    search::CrashRow ping = search::TestRow(2);
    ping.kind = search::CrashKind::kPing;
    EXPECT_TRUE(index_->Add(std::vector{search::TestRow(1), ping}));
    EXPECT_TRUE(os::MakeDirectories(folder_.Path("spool")));
  }

  SqlParts Parts() {
    return {.index = *index_,
            .audit = &audit_,
            .program = std::string(CAIRN_BINARY_DIR) + "/bin/cairn-sql",
            .spool_folder = folder_.Path("spool"),
            .options = options_,
            .hidden_products = [this](const http::Caller& caller) -> base::Result<std::vector<std::string>> {
              return caller.Has("view_closed_products") ? std::vector<std::string>() : hidden_;
            },
            .clock = [] { return search::kTestNowMs; },
            .turns = turns_};
  }
  http::Response Send(const std::string& method, const std::string& body) {
    for (const http::Route& route : MakeRoutes(Parts())) {
      if (route.method != method) continue;
      EXPECT_EQ(route.permission, "run_custom_queries");
      http::Request request{.method = method, .caller = caller_, .body = body};
      return route.handler(request);
    }
    return http::TextResponse(599, "no route");
  }
  http::Response Run(const std::string& statement, const std::string& more = "") {
    base::JsonWriter json;
    json.String(statement);
    return Send("POST", "{\"sql\":" + json.Take() + more + "}");
  }
  // The answer, or the status and the error.
  std::string Answer(const std::string& statement, const std::string& more = "") {
    const http::Response response = Run(statement, more);
    if (!response.file.valid()) return std::to_string(response.status) + " " + response.body;
    return *os::ReadAll(response.file.get(), 64 << 20);
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<search::DuckDbIndex> index_;
  std::unique_ptr<store::SociDirectory> directory_;
  store::AuditLog audit_;
  SqlOptions options_;
  http::Caller caller_{.name = "ada", .permissions = {"run_custom_queries"}};
  std::vector<std::string> hidden_;
  std::shared_ptr<std::counting_semaphore<>> turns_ =
      std::make_shared<std::counting_semaphore<>>(kMaxStatementsAtOnce);
};

TEST_F(ServerSqlRoutes, AStatementIsAnsweredAndWrittenDown) {
  const std::string statement =
      "SELECT signature, count(*) FROM crashes JOIN frames USING (stack_id) GROUP BY 1";
  const http::Response response = Run(statement);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.headers.at(0).name, "Cairn-Snapshot");
  EXPECT_THAT(*os::ReadAll(response.file.get(), 1 << 20), HasSubstr("\"rows\":[\n[\"crash_here\",2]\n]"));
  ASSERT_TRUE(audit_.Flush());
  const auto entries = directory_->ListAudit(0, 10);
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ(entries->at(0).who, "ada");
  EXPECT_EQ(entries->at(0).action, "sql");
  EXPECT_EQ(entries->at(0).object, statement);
}

TEST_F(ServerSqlRoutes, PingsAreForThoseWhoMaySeeThem) {
  EXPECT_THAT(Answer("SELECT uuid FROM pings"), HasSubstr("400 {\"error\":\"Catalog Error"));
  EXPECT_THAT(Send("GET", "").body, Not(HasSubstr("\"name\":\"pings\"")));
  caller_.permissions.emplace_back("view_pings");
  EXPECT_THAT(Answer("SELECT uuid FROM pings"), HasSubstr(search::TestUuid(2)));
  EXPECT_THAT(Send("GET", "").body, HasSubstr("\"name\":\"pings\""));
}

TEST_F(ServerSqlRoutes, TheDescriptionHasTheTablesAndTheLimits) {
  simdjson::dom::parser parser;
  const std::string text = Send("GET", "").body;
  const simdjson::dom::element root = base::ParseJson(parser, text).value();
  EXPECT_EQ(root["tables"].at(0)["name"].get_string().value(), "crashes");
  EXPECT_EQ(root["tables"].at(0)["columns"].at(0)["name"].get_string().value(), "uuid");
  EXPECT_EQ(root["days"].get_int64().value(), kSqlDays);
  EXPECT_EQ(root["seconds"].get_int64().value(), kMaxSqlSeconds);
}

TEST_F(ServerSqlRoutes, NothingButReadingTheCopiesIsPossible) {
  for (const char* const statement :
       {"ATTACH '/tmp/cairn_sql_test.duckdb'", "COPY crashes TO '/tmp/cairn_sql_test.csv'",
        "EXPORT DATABASE '/tmp/cairn_sql_test'", "CREATE TABLE t AS SELECT 1", "INSTALL httpfs",
        "LOAD httpfs", "PRAGMA database_list", "SET memory_limit = '10GB'",
        "SELECT * FROM read_csv('/etc/passwd')", "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_parquet('/proc/self/fd/5')", "SELECT * FROM glob('/*')", "SELECT getenv('PATH')",
        "SELECT * FROM dictionary.frames", "SELECT * FROM weeks.crashes", "SELECT 1; SELECT 2"})
    EXPECT_THAT(Answer(statement), HasSubstr("400 {\"error\":")) << statement;
  EXPECT_NE(access("/tmp/cairn_sql_test.csv", F_OK), 0);
  // What the engine says of itself names no file of the server.
  EXPECT_THAT(Answer("SELECT * FROM duckdb_databases()"), Not(HasSubstr(folder_.Path(""))));
}

// What the engine needs of the system while it computes is open to it.
TEST_F(ServerSqlRoutes, OrdinaryStatementsOfManyKindsRun) {
  for (const char* const statement :
       {"SELECT i % 100000 AS k, count(*), avg(i), list(i)[1] FROM range(500000) t(i) GROUP BY k ORDER BY k "
        "LIMIT 5",
        "SELECT approx_quantile(i, 0.5), median(i), mode(i % 7) FROM range(200000) t(i)",
        "SELECT i, row_number() OVER (PARTITION BY i % 3 ORDER BY i DESC) FROM range(50000) t(i) LIMIT 5",
        "SELECT random(), gen_random_uuid(), now(), current_date, hash(1), md5('x')",
        "SELECT date_trunc('week', date), date AT TIME ZONE 'America/New_York', strftime(date, '%d') FROM "
        "crashes",
        "SELECT regexp_extract(signature, '[a-z]+'), levenshtein(signature, 'crash'), signature ILIKE '%H%' "
        "FROM crashes",
        "SELECT a.i FROM range(100000) a(i) JOIN range(100000) b(i) ON a.i = b.i * 2 ORDER BY 1 DESC LIMIT 3",
        "SELECT json_object('a', 1), [x * 2 FOR x IN [1, 2]], {'a': 1}.a, map(['k'], [1])",
        "DESCRIBE crashes", "SUMMARIZE frames", "SHOW TABLES"})
    EXPECT_THAT(Answer(statement), ::testing::StartsWith("{\"columns\":")) << statement;
}

TEST_F(ServerSqlRoutes, EndlessStatementsEnd) {
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(Answer("WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t",
                   ",\"seconds\":1"),
            "400 {\"error\":\"The statement took more than 1 seconds and was ended\"}");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(6));
}

TEST_F(ServerSqlRoutes, HugeAnswersAndMemoryAreBounded) {
  EXPECT_THAT(Answer("FROM range(100)", ",\"rows\":2"), HasSubstr("[0],\n[1]\n],\"cut\":\"rows\"}"));
  options_.limits.bytes = 10'000;
  const std::string cut = Answer("SELECT repeat('x', 90) FROM range(100000)");
  EXPECT_THAT(cut, HasSubstr("\"cut\":\"bytes\"}"));
  EXPECT_LT(cut.size(), 10'100u);
  options_.limits.memory_mb = 64;
  EXPECT_THAT(Answer("SELECT list(range) FROM range(100000000)"),
              HasSubstr("400 {\"error\":\"Out of Memory"));
  // A text that no limit of the engine's sees: the process's own does.
  EXPECT_THAT(Answer("SELECT length(repeat(repeat('x', 1000000), 2000))"), HasSubstr("400 {\"error\":"));
}

// Read from the outside while a statement runs: filtered system calls (mode 2), no more privileges, one
// thread.
TEST_F(ServerSqlRoutes, TheProcessIsInItsSandbox) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers make system calls and threads of their own";
#endif
  std::thread asks([&] {
    Run("WITH RECURSIVE t(i) AS (SELECT 1 UNION ALL SELECT 1 FROM t) SELECT count(*) FROM t",
        ",\"seconds\":3");
  });
  const std::string parent = "\nPPid:\t" + std::to_string(getpid()) + "\n";
  std::string seen;
  for (int tries = 0; tries < 250 && seen.find("\nSeccomp:\t2\n") == std::string::npos; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
    for (const std::string& name : *os::ListDirectory("/proc")) {
      if (!std::ranges::all_of(name, [](char c) { return c >= '0' && c <= '9'; })) continue;
      const auto status = os::ReadFile("/proc/" + name + "/status", 1 << 16);
      if (status && status->starts_with("Name:\tcairn-sql\n") && status->find(parent) != std::string::npos)
        seen = *status;
    }
  }
  asks.join();
  EXPECT_THAT(seen, HasSubstr("\nSeccomp:\t2\n"));
  EXPECT_THAT(seen, HasSubstr("\nNoNewPrivs:\t1\n"));
  EXPECT_THAT(seen, HasSubstr("\nThreads:\t1\n"));
}

TEST_F(ServerSqlRoutes, MistakesAndTooManyAtOnceAreSaid) {
  for (const char* const body :
       {"", "[]", "{}", "{\"sql\":7}", "{\"sql\":\"SELECT 1\",\"rows\":0}",
        "{\"sql\":\"SELECT 1\",\"rows\":10001}", "{\"sql\":\"SELECT 1\",\"seconds\":31}",
        "{\"sql\":\"SELECT 1\",\"seconds\":-1}", "{\"sql\":\"SELECT 1\",\"seconds\":\"x\"}"})
    EXPECT_EQ(Send("POST", body).status, 400) << body;
  EXPECT_EQ(Run(std::string(kMaxStatementBytes + 1, ' ')).status, 400);
  for (int i = 0; i < kMaxStatementsAtOnce; ++i) turns_->acquire();
  EXPECT_EQ(Run("SELECT 1").status, 429);
  turns_->release();
  EXPECT_EQ(Run("SELECT 1").status, 200);
  EXPECT_EQ(Run("nonsense").status, 400);
  EXPECT_EQ(Run("SELECT 1").status, 200) << "its turn was given back";
}

TEST_F(ServerSqlRoutes, WhoDoesNotSeeAllProductsGetsNothing) {
  EXPECT_EQ(Run("SELECT 1").status, 200);
  hidden_ = {"Crashy"};
  EXPECT_EQ(Run("SELECT 1").status, 403);
  caller_.permissions.emplace_back("view_closed_products");
  EXPECT_EQ(Run("SELECT 1").status, 200);
}

}  // namespace
}  // namespace cairn::sql
