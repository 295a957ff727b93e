// Which reads and changes over the API are written down, and of whom.
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/api/api.h"
#include "server/intake/crash_id.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/soci_directory.h"
#include "server/store/sqlite_database.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::api {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ServerApiAudit : public ::testing::Test {
 protected:
  ServerApiAudit() {
    search::CrashRow report = search::TestRow(1);
    report.uuid = report_;
    search::CrashRow ping = search::TestRow(2);
    ping.kind = search::CrashKind::kPing;
    EXPECT_TRUE(index_->Add(std::vector<search::CrashRow>{report, ping}));
    for (const auto& [id, kind] : {std::pair(report_, "report"), std::pair(ping.uuid, "ping")}) {
      const std::string document = R"({"uuid":")" + id + R"(","kind":")" + kind + R"("})";
      EXPECT_TRUE(blobs_.Put(store::ProcessedCrashKey(id), base::AsBytes(document)));
    }
    EXPECT_TRUE(blobs_.Put(store::RawCrashKey(*intake::DayOfCrashId(report_), report_), base::AsBytes("{}")));
  }

  int Ask(const std::string& method, const std::string& path, const std::string& text,
          std::vector<std::string> permissions, const std::string& name = "ann") {
    http::Request request{.method = method};
    request.segments = *http::SplitPath(path);
    (method == "GET" ? request.query : request.body) = text;
    request.headers.push_back({"auth-token", "token"});
    const http::Router router(MakeRoutes(parts_), {.authenticate = [&](std::string_view) {
                                return std::optional(http::Caller{name, std::move(permissions)});
                              }});
    const http::Router::Admission admission = router.Admit(request);
    return admission.route == nullptr ? 599 : router.Handle(admission.route, request).status;
  }
  int Read(const std::string& id, std::vector<std::string> permissions, const std::string& name = "ann") {
    return Ask("GET", "/api/ProcessedCrash/", "crash_id=bp-" + id, std::move(permissions), name);
  }

  // "who: action: object" of all, the oldest first.
  std::vector<std::string> Audited() {
    EXPECT_TRUE(audit_.Flush());
    std::vector<std::string> lines;
    const auto entries = directory_->ListAudit(0, 100);
    for (const store::AuditEntry& entry : *entries)
      lines.insert(lines.begin(), entry.who + ": " + entry.action + ": " + entry.object);
    return lines;
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<search::DuckDbIndex> index_ = *search::DuckDbIndex::Open(folder_.Path("index"));
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
  store::AuditLog audit_{*directory_};
  registry::Registry registry_ = registry::Registry::BuiltIn();
  ApiParts parts_{*index_, blobs_, *queue_, registry_, {}, [] { return search::kTestNowMs; }, &audit_};
  std::string report_ = intake::MakeCrashId(search::kTestNowMs, intake::kAcceptedDigit);
  std::string ping_ = search::TestUuid(2);
};

TEST_F(ServerApiAudit, ReadsOfWhatIsProtectedAreWrittenDown) {
  EXPECT_EQ(Read(report_, {}), 200);
  EXPECT_EQ(Read(report_, {"view_pings"}), 200);
  EXPECT_EQ(Read(ping_, {}), 403);
  EXPECT_EQ(Read(search::TestUuid(9), {"view_pii"}), 404);
  EXPECT_THAT(Audited(), IsEmpty()) << "nothing protected went out";
  EXPECT_EQ(Read(report_, {"view_pii"}), 200);
  EXPECT_EQ(Read(ping_, {"view_pings"}, ""), 200);
  EXPECT_THAT(Audited(), ElementsAre("ann: read protected: " + report_, "anonymous: read ping: " + ping_));
}

TEST_F(ServerApiAudit, ReadsOfWhatWasSubmittedAreWrittenDown) {
  ASSERT_TRUE(
      blobs_.Put(store::NamedDumpKey("dump_names", report_), base::AsBytes(R"(["upload_file_minidump"])")));
  ASSERT_TRUE(blobs_.Put(store::DumpKey(report_), base::AsBytes("MDMP")));
  const auto raw = [&](const std::string& more, std::vector<std::string> permissions) {
    return Ask("GET", "/api/RawCrash/", "crash_id=" + report_ + more, std::move(permissions));
  };
  EXPECT_EQ(raw("", {}), 200);
  EXPECT_EQ(raw("&format=raw", {"view_pii"}), 403);
  EXPECT_THAT(Audited(), IsEmpty()) << "nothing protected went out";
  EXPECT_EQ(raw("", {"view_pii"}), 200);
  EXPECT_EQ(raw("&format=raw", {"view_rawdump"}), 200);
  EXPECT_THAT(Audited(), ElementsAre("ann: read protected: " + report_, "ann: read dump: " + report_));
}

TEST_F(ServerApiAudit, RequestsToReprocessAreWrittenDown) {
  const auto ask = [&](const std::string& form) {
    return Ask("POST", "/api/Reprocessing/", form, {"reprocess_crashes"});
  };
  EXPECT_EQ(ask("crash_ids=bp-" + report_ + ":default&crash_ids=unknown"), 200);
  EXPECT_EQ(ask("query=product%3DCrashy"), 200);
  EXPECT_EQ(ask("query=product%3DNobodys"), 200);
  EXPECT_THAT(Audited(), ElementsAre("ann: reprocess: " + report_, "ann: reprocess: query: 1 crashes"));
}

TEST_F(ServerApiAudit, NothingProtectedIsShownThatCannotBeWrittenDown) {
  ASSERT_TRUE(
      store::SqliteDatabase::Open(folder_.Path("directory"))->Execute("ALTER TABLE audit RENAME TO away"));
  for (std::size_t i = 0; i < store::kMaxWaitingEntries; ++i) ASSERT_TRUE(audit_.Note({.who = "a"}));
  EXPECT_EQ(Read(report_, {"view_pii"}), 503);
  EXPECT_EQ(Read(report_, {}), 200);
}

}  // namespace
}  // namespace cairn::api
