#include "server/bugs/bug_routes.h"

#include <gtest/gtest.h>

#include "server/store/soci_directory.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::bugs {
namespace {

class BugRoutesTest : public ::testing::Test {
 protected:
  http::Response Ask(const std::string& method, const std::string& target, const std::string& body = "") {
    const http::Router router(MakeRoutes(parts_), {.anonymous_permissions = permissions_});
    http::Request request{.method = method};
    const std::size_t question = std::min(target.find('?'), target.size());
    request.segments = *http::SplitPath(target.substr(0, question));
    request.query = target.substr(std::min(question + 1, target.size()));
    request.headers.push_back({"host", "localhost:8000"});
    request.body = body;
    http::Router::Admission admission = router.Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    return router.Handle(admission.route, request);
  }
  std::string Link(const std::string& order) { return Ask("POST", "/api/BugLinks/", order).body; }

  store::TemporaryFolder folder_;
  std::unique_ptr<store::SociDirectory> directory_ =
      *store::SociDirectory::OpenSqlite(folder_.Path("directory"));
  store::AuditLog audit_{*directory_};
  std::vector<std::string> permissions_ = {"edit_bugs", "view_pii", "view_pings"};
  std::vector<std::string> asked_;  // What the API was asked, and as whom.
  std::string found_ = R"({"hits":[{"uuid":"0000"}]})";
  http::Handler Answers(const std::string& name, const std::string& body) {
    return [this, name, body](http::Request& request) {
      std::string who;
      for (const std::string& permission : request.caller.permissions) who += " " + permission;
      asked_.push_back(name + " " + request.query + who);
      return http::JsonResponse(200, name == "search" ? found_ : body);
    };
  }
  BugRouteParts parts_{
      .directory = *directory_,
      .trackers = {{"bmo", TrackerKind::kBugzilla, "https://bugs.example.org"},
                   {"work", TrackerKind::kJira, "https://jira.example.org"}},
      .audit = &audit_,
      .public_url = {},
      .search = Answers("search", ""),
      .processed_crash = Answers("crash", R"({"signature":"A","product":"Crashy","reason":"SIGSEGV"})")};
};

TEST_F(BugRoutesTest, LinksAreMadeFoundAndTakenAway) {
  EXPECT_EQ(
      Link(R"({"signature":"A","bug":12})"),
      R"({"hits":[{"id":12,"signature":"A","tracker":"bmo","url":"https://bugs.example.org/show_bug.cgi?id=12"}],"total":1})");
  EXPECT_EQ(Ask("POST", "/api/BugLinks/", R"({"signature":"B","bug":"X-1","tracker":"work"})").status, 200);
  const std::string both =
      R"({"hits":[{"id":12,"signature":"A","tracker":"bmo","url":"https://bugs.example.org/show_bug.cgi?id=12"},)"
      R"({"id":"X-1","signature":"B","tracker":"work","url":"https://jira.example.org/browse/X-1"}],"total":2})";
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=A&signatures=B&signatures=A&signatures=none").body, both);
  EXPECT_EQ(Ask("POST", "/api/Bugs/", "signatures=A&signatures=B").body, both);
  EXPECT_EQ(Ask("GET", "/api/SignaturesByBugs/?bug_ids=12&bug_ids=X-1").body, both);
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=none").body, R"({"hits":[],"total":0})");
  EXPECT_EQ(Ask("POST", "/api/BugLinks/remove/", R"({"signature":"A","bug":12})").body,
            R"({"hits":[],"total":0})");
  EXPECT_EQ(Ask("POST", "/api/BugLinks/remove/", R"({"signature":"A","bug":12})").status, 404);
  ASSERT_TRUE(audit_.Flush());
  const auto entries = directory_->ListAudit(0, 10);
  EXPECT_EQ(entries->back().action, "link bug bmo 12");
  EXPECT_EQ(entries->back().object, "A");
}

TEST_F(BugRoutesTest, AnAddressFindsItsTracker) {
  parts_.trackers.push_back({"gh", TrackerKind::kGithub, "https://github.com/owner/repo"});
  const std::string linked =
      R"({"hits":[{"id":12,"signature":"A","tracker":"gh","url":"https://github.com/owner/repo/issues/12"}],"total":1})";
  EXPECT_EQ(Link(R"({"signature":"A","bug":"https://github.com/owner/repo/issues/12"})"), linked);
  Link(R"({"signature":"B","bug":12})");
  // The id alone is that of two bugs.
  EXPECT_NE(Ask("GET", "/api/SignaturesByBugs/?bug_ids=12").body.find(R"("total":2)"), std::string::npos);
  EXPECT_EQ(Ask("GET", "/api/SignaturesByBugs/?bug_ids=https://github.com/owner/repo/issues/12").body,
            linked);
  EXPECT_EQ(Ask("GET", "/api/SignaturesByBugs/?bug_ids=https://elsewhere.example/12").status, 400);
  EXPECT_EQ(Ask("POST", "/api/BugLinks/", R"({"signature":"A","bug":"https://elsewhere.example/12"})").status,
            400);
  EXPECT_EQ(Ask("POST", "/api/BugLinks/",
                R"({"signature":"A","bug":"https://github.com/owner/repo/issues/12","tracker":"bmo"})")
                .status,
            400);
  EXPECT_EQ(Ask("POST", "/api/BugLinks/remove/",
                R"({"signature":"A","bug":"https://github.com/owner/repo/issues/12"})")
                .body,
            R"({"hits":[],"total":0})");
}

TEST_F(BugRoutesTest, OnlySignaturesThatTheCallerSeesAreNamed) {
  Link(R"({"signature":"A","bug":12})");
  Link(R"({"signature":"B","bug":12})");
  parts_.visible_signatures =
      [](const http::Request&,
         const std::vector<std::string>& signatures) -> base::Result<std::vector<std::string>> {
    std::vector<std::string> visible = signatures;
    std::erase(visible, "B");
    return visible;
  };
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=B").body, R"({"hits":[],"total":0})");
  EXPECT_NE(Ask("GET", "/api/SignaturesByBugs/?bug_ids=12").body.find(R"("total":1)"), std::string::npos);
  EXPECT_EQ(Link(R"({"signature":"B","bug":13})"), R"({"hits":[],"total":0})");
  parts_.visible_signatures = [](const http::Request&,
                                 const std::vector<std::string>&) -> base::Result<std::vector<std::string>> {
    return base::Error{base::Code::kIo, 0, "index"};
  };
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=A").status, 500);
  parts_.visible_signatures = [](const http::Request&,
                                 const std::vector<std::string>&) -> base::Result<std::vector<std::string>> {
    return base::Error{base::Code::kTimeout, 30, "search"};
  };
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=A").body, R"({"error":"The search took more than 30 s"})");
}

TEST_F(BugRoutesTest, WhatIsHeardOfABugIsTold) {
  Link(R"({"signature":"A","bug":12})");
  using Heard = std::vector<std::pair<store::BugId, std::optional<store::BugState>>>;
  ASSERT_TRUE(directory_->bugs().NoteStates(
      Heard{{{"bmo", "12"}, store::BugState{"RESOLVED", "FIXED", "it crashes"}}}));
  EXPECT_NE(Ask("GET", "/api/Bugs/?signatures=A")
                .body.find(R"("status":"RESOLVED","resolution":"FIXED","summary":"it crashes")"),
            std::string::npos);
  // Of a tracker that the configuration no longer names there is no address.
  parts_.trackers.clear();
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=A").body.find("url"), std::string::npos);
  EXPECT_EQ(Ask("POST", "/api/BugLinks/", R"({"signature":"A","bug":12})").status, 400);
}

TEST_F(BugRoutesTest, MistakesAreSaid) {
  for (const char* const order :
       {"{}", R"({"signature":"A"})", R"({"signature":"A","bug":"x"})", R"({"signature":"A","bug":-1})",
        R"({"signature":"A","bug":1,"tracker":"unknown"})", R"({"signature":"A","bug":1,"tracker":"work"})"})
    EXPECT_EQ(Ask("POST", "/api/BugLinks/", order).status, 400) << order;
  EXPECT_EQ(Ask("GET", "/api/Bugs/").status, 400);
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=%").status, 400);
  EXPECT_EQ(Ask("GET", "/api/NewBug/").status, 400);
  permissions_ = {"view_pii"};
  EXPECT_EQ(Ask("POST", "/api/BugLinks/", R"({"signature":"A","bug":12})").status, 403);
  EXPECT_EQ(Ask("GET", "/api/Bugs/?signatures=A").status, 200);
}

TEST_F(BugRoutesTest, ANewBugIsFilledInFromWhatIsPublic) {
  const http::Response answer = Ask("GET", "/api/NewBug/?crash_id=1234");
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(asked_, std::vector<std::string>{"crash crash_id=1234 view_pings"}) << "without view_pii";
  EXPECT_NE(answer.body.find(R"({"label":"bmo","url":"https://bugs.example.org/enter_bug.cgi?)"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find("http%3A%2F%2Flocalhost%3A8000%2Freport%2Findex%2F1234"), std::string::npos);
  EXPECT_NE(answer.body.find("Reason%3A%20SIGSEGV"), std::string::npos);
  EXPECT_NE(answer.body.find(R"({"label":"work","url":"https://jira.example.org/)"), std::string::npos);
}

TEST_F(BugRoutesTest, OfASignatureItsNewestCrashIsTaken) {
  const http::Response answer = Ask("GET", "/api/NewBug/?signature=A%26b");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(asked_, (std::vector<std::string>{
                        "search _columns=uuid&_results_number=1&_facets_size=0&signature=%3DA%26b view_pings",
                        "crash crash_id=0000 view_pings"}));
  EXPECT_NE(answer.body.find("signature%3DA%2526b"), std::string::npos) << answer.body;
  found_ = R"({"hits":[]})";
  EXPECT_EQ(Ask("GET", "/api/NewBug/?signature=A").status, 404);
}

TEST_F(BugRoutesTest, AProductsOwnTemplatesGoFirst) {
  ASSERT_TRUE(directory_->SetProduct(
      {.name = "Crashy", .bug_links = {{"Mine", "https://mine.example.org/?t={signature}"}}}));
  EXPECT_EQ(Ask("GET", "/api/NewBug/?crash_id=1").body,
            R"({"links":[{"label":"Mine","url":"https://mine.example.org/?t=A"}]})");
  parts_.public_url = "https://crash.example.org/";
  ASSERT_TRUE(directory_->SetProduct({.name = "Crashy", .bug_links = {{"Mine", "https://x/?u={url}"}}}));
  EXPECT_EQ(
      Ask("GET", "/api/NewBug/?crash_id=1").body,
      R"({"links":[{"label":"Mine","url":"https://x/?u=https%3A%2F%2Fcrash.example.org%2Freport%2Findex%2F1"}]})");
}

}  // namespace
}  // namespace cairn::bugs
