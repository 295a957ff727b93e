// The routes of the API over real stores, for tests.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/api/api.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::api {

// The real stores, a report with its ping, and another report.
class ApiTest : public ::testing::Test {
 protected:
  ApiTest()
      : index_(*search::DuckDbIndex::Open(folder_.Path("index"))),
        blobs_(*store::FileBlobStore::Open(folder_.Path("blobs"))),
        queue_(*store::SqliteQueue::Open(folder_.Path("queue"))) {
    search::CrashRow report = search::TestRow(1);
    report.minidump_sha256_hash = std::string(64, 'a');
    search::SetSignature(report, "crash_here<\"it's\">", "crash_here | main");
    search::CrashRow ping = search::TestRow(2);
    ping.kind = search::CrashKind::kPing;
    ping.minidump_sha256_hash = report.minidump_sha256_hash;
    ping.input = report.input;
    search::CrashRow other = search::TestRow(3);
    other.product = "Editor";
    search::ChangeStack(other, [](std::vector<search::StackFrame>& frames) { frames[0].module_offset = 99; });
    Store({report, ping, other});
  }

  void Store(const std::vector<search::CrashRow>& rows) {
    EXPECT_TRUE(index_->Add(rows));
    for (const search::CrashRow& row : rows) {
      const std::string document = R"({"uuid":")" + row.uuid + R"(","kind":")" +
                                   std::string(search::CrashKindName(row.kind)) +
                                   R"(","signature":"of old","secret":"planted"})";
      EXPECT_TRUE(blobs_.Put(store::ProcessedCrashKey(row.uuid), base::AsBytes(document)));
    }
  }

  http::Response Get(const std::string& path, const std::string& query,
                     std::vector<std::string> permissions = {}) {
    return GetAs({.name = "", .permissions = std::move(permissions)}, path, query);
  }
  // As somebody who is known.
  http::Response GetAs(const http::Caller& caller, const std::string& path, const std::string& query) {
    http::Request request{.method = "GET", .query = query};
    request.segments = http::SplitPath(path).value_or(std::vector<std::string>());
    request.headers = {{"auth-token", "a token"}};
    const http::Router router(MakeRoutes(parts_),
                              {.authenticate = [&](std::string_view) { return http::Identity(caller); }});
    http::Router::Admission admission = router.Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    if (admission.route == nullptr) return http::TextResponse(599, "no route");
    return router.Handle(admission.route, request);
  }

  http::Response Search(const std::string& query, std::vector<std::string> permissions = {}) {
    return Get("/api/SuperSearch/", query, std::move(permissions));
  }
  http::Response Crash(const std::string& id, std::vector<std::string> permissions = {}) {
    return Get("/api/ProcessedCrash/", "crash_id=" + id, std::move(permissions));
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<search::DuckDbIndex> index_;
  store::FileBlobStore blobs_;
  std::unique_ptr<store::SqliteQueue> queue_;
  registry::Registry registry_ = registry::Registry::BuiltIn();
  ApiParts parts_{*index_, blobs_, *queue_, registry_, {}, [] { return search::kTestNowMs; }};
};

}  // namespace cairn::api
