#include "server/api/reprocessing.h"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/search/crash_rows_for_test.h"
#include "server/search/duckdb_index.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/sqlite_queue.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::api {
namespace {

using search::CrashKind;
using search::kTestNowMs;
using ::testing::HasSubstr;

class ReprocessingTest : public ::testing::Test {
 protected:
  ReprocessingTest() {
    search::CrashRow report = search::TestRow(1);
    report.uuid = report_;
    search::CrashRow ping = search::TestRow(2);
    ping.kind = CrashKind::kPing;
    ping.pack = "pack-1";
    EXPECT_TRUE(index_->Add(std::vector<search::CrashRow>{report, ping}));
    EXPECT_TRUE(blobs_.Put(store::RawCrashKey(*intake::DayOfCrashId(report_), report_), base::AsBytes("{}")));
  }

  http::Response Ask(const std::string& method, const std::string& path, const std::string& body,
                     std::vector<std::string> permissions = {"reprocess_crashes", "view_pings"}) {
    http::Request request{.method = method, .body = body};
    request.segments = http::SplitPath(path).value_or(std::vector<std::string>());
    const http::Router router(MakeRoutes(parts_), {.anonymous_permissions = std::move(permissions)});
    const http::Router::Admission admission = router.Admit(request);
    if (admission.refusal || admission.route == nullptr) return http::TextResponse(599, "not admitted");
    return router.Handle(admission.route, request);
  }
  std::string Post(const std::string& body) { return Ask("POST", "/api/Reprocessing/", body).body; }
  bool IsQueued(std::string_view kind, const std::string& id) {
    return queue_->Find({std::string(kind), id})->has_value();
  }

  store::TemporaryFolder folder_;
  std::unique_ptr<search::DuckDbIndex> index_ = *search::DuckDbIndex::Open(folder_.Path("index"));
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
  std::unique_ptr<store::SqliteQueue> queue_ = *store::SqliteQueue::Open(folder_.Path("queue"));
  registry::Registry registry_ = registry::Registry::BuiltIn();
  int arrivals_ = 0;
  ApiParts parts_{*index_, blobs_, *queue_, registry_, [this] { ++arrivals_; }, [] { return kTestNowMs; }};
  std::string report_ = intake::MakeCrashId(kTestNowMs);
  std::string ping_ = search::TestUuid(2);
  std::string ping_item_ = intake::DayOf(kTestNowMs - 1000) + "/pack-1/" + ping_;
};

TEST_F(ReprocessingTest, ItNeedsThePermission) {
  EXPECT_EQ(Ask("POST", "/api/Reprocessing/", "set_aside=1", {"view_pings"}).status, 599);
  EXPECT_EQ(Ask("GET", "/api/SetAside", "", {}).status, 599);
}

TEST_F(ReprocessingTest, IdsAreQueuedByTheirKindAndUnknownOnesAreNamed) {
  const std::string unknown = search::TestUuid(9);
  EXPECT_EQ(Post("crash_ids=bp-" + report_ + ":default&crash_ids=" + ping_ + "&crash_ids=" + unknown +
                 "&crash_ids=x"),
            R"({"queued":2,"unknown":[")" + unknown + R"(","x"]})");
  EXPECT_TRUE(IsQueued(intake::kReprocessKind, report_));
  EXPECT_TRUE(IsQueued(intake::kReprocessPingKind, ping_item_));
  EXPECT_EQ(arrivals_, 1);
}

TEST_F(ReprocessingTest, ASearchAndASignatureQueueWhatTheyFind) {
  EXPECT_EQ(Post("query=kind%3D%3Dreport"), R"({"queued":1,"unknown":[]})");
  EXPECT_TRUE(IsQueued(intake::kReprocessKind, report_));
  EXPECT_FALSE(IsQueued(intake::kReprocessPingKind, ping_item_));
  EXPECT_EQ(Post("signature=crash_here"), R"({"queued":2,"unknown":[]})");
  EXPECT_TRUE(IsQueued(intake::kReprocessPingKind, ping_item_));
  EXPECT_EQ(Post("signature=crash"), R"({"queued":0,"unknown":[]})") << "the whole signature is meant";
}

TEST_F(ReprocessingTest, WhatWasSetAsideIsListedAndTriedAgain) {
  const store::QueueItem item{std::string(intake::kReportKind), report_};
  const auto set_aside = [&] {
    EXPECT_TRUE(queue_->SetAside(queue_->Claim(item.kind, 1, 1000)->at(0), "poison"));
  };
  ASSERT_TRUE(queue_->Push(item));
  set_aside();
  EXPECT_THAT(Ask("GET", "/api/SetAside/", "").body,
              HasSubstr(R"({"set_aside":[{"id":")" + report_ +
                        R"(","lane":"report","reason":"poison","attempts":1)"));
  EXPECT_EQ(Post("set_aside=1"), R"({"queued":1,"unknown":[]})");
  EXPECT_EQ(*queue_->Find(item), store::QueueState::kWaiting);
  set_aside();
  EXPECT_EQ(Post("crash_ids=" + report_), R"({"queued":1,"unknown":[]})");
  EXPECT_EQ(*queue_->Find(item), store::QueueState::kWaiting);
  EXPECT_FALSE(IsQueued(intake::kReprocessKind, report_)) << "once is enough";
}

TEST_F(ReprocessingTest, WhatIsWrongIsSaid) {
  EXPECT_EQ(Ask("POST", "/api/Reprocessing", "crash_ids=" + report_ + ":nonsense").status, 400);
  EXPECT_EQ(Ask("POST", "/api/Reprocessing", "crash_ids=" + report_ + ":regenerate_signature").status, 200);
  for (const std::string body : {"", "a=1", "query=nonsense%3D1", "query=%25zz", "crash_ids=%zz"}) {
    EXPECT_EQ(Ask("POST", "/api/Reprocessing", body).status, 400) << body;
  }
}

}  // namespace
}  // namespace cairn::api
