#include "server/pings/rejection_routes.h"

#include <gtest/gtest.h>

#include "server/pings/edge_for_test.h"

namespace cairn::pings {
namespace {

class RejectionRoutesTest : public ::testing::Test {
 protected:
  RejectionRoutesTest() {
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(edge_.spool->Append(Submission(i, i == 0 ? "main" : "crash", "{}")));
    }
    EXPECT_TRUE(FoldOnce(edge_.Parts()));
  }

  http::Response Ask(const std::string& method, const std::string& path, const std::string& query,
                     std::vector<std::string> permissions) {
    http::Request request;
    request.method = method;
    request.segments = *http::SplitPath(path);
    request.query = query;
    const http::Router router(MakeRejectionRoutes(
                                  *edge_.ledger, [this] { ++marked_; }, nullptr),
                              {.anonymous_permissions = std::move(permissions)});
    http::Router::Admission admission = router.Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    return router.Handle(admission.route, request);
  }

  EdgeForTest edge_;
  int marked_ = 0;
};

std::size_t CountOf(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST_F(RejectionRoutesTest, TheListHasReasonsAndCounts) {
  const http::Response all = Ask("GET", "/api/PingRejects/", "", {"view_pings"});
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(CountOf(all.body, "\"sequence\""), 3u);
  EXPECT_NE(all.body.find(R"("fault":"missing_version","pointer":"","reason":"has no version")"),
            std::string::npos);
  const http::Response some = Ask("GET", "/api/PingRejects", "type=crash&count=1", {"view_pings"});
  EXPECT_EQ(CountOf(some.body, "\"sequence\""), 1u);
  EXPECT_EQ(Ask("GET", "/api/PingRejects/", "color=red", {"view_pings"}).status, 400);
  EXPECT_EQ(Ask("GET", "/api/PingRejects/", "count=many", {"view_pings"}).status, 400);
}

TEST_F(RejectionRoutesTest, AReplayMarksWhatTheQuestionMeans) {
  const http::Response response = Ask("POST", "/api/PingReplay/", "type=crash", {"reprocess_crashes"});
  EXPECT_EQ(response.body, R"({"marked":2})");
  EXPECT_EQ(marked_, 1);
  EXPECT_EQ(edge_.ledger->ListMarked(10)->size(), 2u);
}

TEST_F(RejectionRoutesTest, EachNeedsItsPermission) {
  EXPECT_EQ(Ask("GET", "/api/PingRejects/", "", {"reprocess_crashes"}).status, 403);
  EXPECT_EQ(Ask("POST", "/api/PingReplay/", "", {"view_pings"}).status, 403);
}

}  // namespace
}  // namespace cairn::pings
