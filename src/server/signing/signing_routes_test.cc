#include "server/signing/signing_routes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/signing/settings_json.h"
#include "server/signing/signing_for_test.h"

namespace cairn::signing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ServerSigningRoutes : public SigningTest {
 protected:
  ServerSigningRoutes() {
    std::vector<search::CrashRow> rows = {search::TestRow(1), search::TestRow(2)};
    search::ChangeStack(rows[1], [](std::vector<search::StackFrame>& frames) {
      frames[0].module_offset = 0x777;
      frames[0].names[0].function = "other_place";
    });
    EXPECT_TRUE(signing_->Add(rows));
  }

  http::Response Ask(const std::string& method, const std::string& path, const std::string& query,
                     const std::string& body, std::vector<std::string> permissions = {"administer"}) {
    http::Request request{.method = method, .query = query};
    request.segments = http::SplitPath(path).value_or(std::vector<std::string>());
    request.body = body;
    const http::Router router(MakeSigningRoutes(parts_), {.anonymous_permissions = std::move(permissions)});
    http::Router::Admission admission = router.Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    http::Response response = router.Handle(admission.route, request);
    signing_->WaitUntilSigned();
    return response;
  }
  http::Response Post(const std::string& what, const std::string& body) {
    return Ask("POST", "/api/Signing/" + what + "/", "", body);
  }
  std::string Resolve(const std::string& signature) {
    return Ask("GET", "/api/ResolveSignature/", "signature=" + signature, "", {}).body;
  }

  SigningRouteParts parts_{.signing = *signing_, .index = *index_};
};

constexpr const char* kRules =
    R"({"rules":"[[rule]]\nname = \"n\"\neffect = \"rename\"\nfunction = \"other_\"\nto = \"crash_here\"\n",
    "why":"one bug"})";

TEST_F(ServerSigningRoutes, APreviewSaysWhatASaveThenDoes) {
  const http::Response preview = Post("preview", kRules);
  EXPECT_EQ(preview.status, 200) << preview.body;
  EXPECT_THAT(
      preview.body,
      AllOf(HasSubstr(R"("crashes":2,"changed_stacks":1,"changed_crashes":1,"signatures_before":2,)"
                      R"("signatures_after":1)"),
            HasSubstr(R"("merges":{"total":1,"rows":[{"signature":"crash_here","crashes":2,"parts_total":2,)"
                      R"("parts":[{"signature":"crash_here","crashes":1,"stacks":1,"example":")" +
                      search::TestUuid(1)),
            HasSubstr(R"("vanishes":{"total":1,"rows":[{"signature":"other_place")")));
  EXPECT_THAT(Resolve("other_place"), HasSubstr(R"("signatures":["other_place"])"));
  const http::Response saved = Post("save", kRules);
  EXPECT_THAT(saved.body,
              HasSubstr(R"({"revision":1,"action":"save","about":"","who":"anonymous","why":"one bug")"));
  EXPECT_THAT(Resolve("other_place"), HasSubstr(R"("signatures":["crash_here"])"));
  EXPECT_THAT(Ask("GET", "/api/Signing", "", "").body,
              AllOf(HasSubstr(R"("in_force":{"revision":1,)"), HasSubstr(R"("is_done":true)")));
  EXPECT_EQ(Post("undo", "{}").status, 200);
  EXPECT_THAT(Resolve("other_place"), HasSubstr(R"("signatures":["other_place"])"));
  EXPECT_THAT(Ask("GET", "/api/Signing/history/", "before=2", "").body,
              HasSubstr(R"({"history":[{"revision":1,"action":"save")"));
}

TEST_F(ServerSigningRoutes, DecisionsAreMadeAndTakenBack) {
  EXPECT_EQ(Post("merge", R"({"from":["other_place"],"to":"crash_here","why":"w"})").status, 200);
  EXPECT_THAT(Resolve("other_place"), HasSubstr(R"("signatures":["crash_here"])"));
  EXPECT_EQ(Post("rename", R"({"from":"crash_here","to":"the one"})").status, 200);
  EXPECT_THAT(Resolve("other_place"), HasSubstr(R"("signatures":["the one"])"));
  EXPECT_THAT(
      Ask("GET", "/api/Signing/", "", "").body,
      HasSubstr(R"("decisions":[{"decision":1,"kind":"merge","from":["other_place"],"to":"crash_here")"));
  EXPECT_EQ(Post("split", R"({"decision":1})").status, 200);
  EXPECT_THAT(Resolve("other_place"), HasSubstr(R"("signatures":["other_place"])"));
}

TEST_F(ServerSigningRoutes, WhatCannotBeFollowedIsRefusedWithTheReasons) {
  EXPECT_THAT(Post("save", R"({"lists":{"prefix_signature_re.txt":"("}})").body,
              HasSubstr("signature_sentinels.txt is missing"));
  const http::Response broken =
      Post("preview", R"({"lists":{"prefix_signature_re.txt":"\n(","signature_sentinels.txt":"",)"
                      R"("irrelevant_signature_re.txt":"","signatures_with_line_numbers_re.txt":""}})");
  EXPECT_EQ(broken.status, 400);
  EXPECT_THAT(broken.body, HasSubstr(R"("mistakes":["prefix_signature_re.txt, line 2: )"));
  for (const std::string body :
       {"", "[]", R"({"rules":1})", R"({"color":"red"})", R"({"from":[1],"to":"x"})"}) {
    EXPECT_EQ(Post("merge", body).status, 400) << body;
  }
  EXPECT_EQ(Post("rename", R"({"from":["a","b"],"to":"x"})").status, 400);
  EXPECT_EQ(Post("split", R"({"decision":"1"})").status, 400);
  EXPECT_EQ(Post("undo", "{}").status, 400);
  EXPECT_EQ(Ask("GET", "/api/ResolveSignature", "", "").status, 400);
  EXPECT_EQ(signing_->Current(), Revision{});
}

TEST_F(ServerSigningRoutes, AlikeSignaturesAreToldWithTheFramesThatMatched) {
  std::vector<search::CrashRow> rows;
  for (const std::string top : {"third_place", "fourth_place"}) {
    rows.push_back(search::TestRow(10 + rows.size()));
    search::ChangeStack(rows.back(), [&](std::vector<search::StackFrame>& frames) {
      frames[0].module_offset = 0x900 + rows.size();
      frames[0].names[0].function = top;
      for (std::uint64_t i = 0; i < 4; ++i) {
        frames.insert(frames.begin() + 1, {.module = "crashy",
                                           .debug_id = "AB0",
                                           .module_offset = 0x990 + i,
                                           .names = {{"rare" + std::to_string(i), "a.cc", 1}}});
      }
    });
  }
  ASSERT_TRUE(signing_->Add(rows));
  EXPECT_THAT(
      Ask("GET", "/api/SimilarSignatures/", "signature=third_place", "", {}).body,
      AllOf(HasSubstr(R"({"signature":"third_place","similar":[{"signature":"fourth_place","score":0.)"),
            HasSubstr(R"("frames":["rare3","rare2","rare1","rare0","main"]})")));
  EXPECT_EQ(Ask("GET", "/api/SimilarSignatures", "signature=never", "", {}).status, 404);
  EXPECT_EQ(Ask("GET", "/api/SimilarSignatures", "", "", {}).status, 400);
}

// Two signatures that a closed product and an open one have, each with frames of its own.
TEST_F(ServerSigningRoutes, FramesOfCrashesThatTheCallerDoesNotSeeAreNotShown) {
  std::vector<search::CrashRow> rows;
  for (const std::string top : {"third_place", "fourth_place"}) {
    for (const std::string product : {"Open", "Closed"}) {
      rows.push_back(search::TestRow(10 + rows.size()));
      rows.back().product = product;
      search::ChangeStack(rows.back(), [&](std::vector<search::StackFrame>& frames) {
        frames[0].module_offset = 0x900 + rows.size();
        frames[0].names[0].function = top;
        for (std::uint64_t i = 0; i < 4; ++i) {
          const std::uint64_t offset = (product == "Open" ? 0x990 : 0xaa0) + i;
          frames.insert(frames.begin() + 1, {.module = "crashy",
                                             .debug_id = "AB0",
                                             .module_offset = offset,
                                             .names = {{"of" + product + std::to_string(i), "a.cc", 1}}});
        }
      });
    }
  }
  rows.push_back(rows.back());  // A signature of closed crashes alone, with the frames of open ones.
  rows.back().uuid = search::TestUuid(30);
  rows.back().input = rows[0].input;
  search::ChangeStack(rows.back(), [](std::vector<search::StackFrame>& frames) {
    frames[0].module_offset = 0x950;
    frames[0].names[0].function = "closed_place";
  });
  ASSERT_TRUE(signing_->Add(rows));
  const auto ask = [&](const std::string& signature) {
    return Ask("GET", "/api/SimilarSignatures/", "signature=" + signature, "", {});
  };
  EXPECT_THAT(ask("third_place").body, AllOf(HasSubstr("ofClosed3"), HasSubstr("closed_place")));
  parts_.seen = [](const http::Caller&) -> base::Result<SeenCrashes> {
    search::Query query{.window = {0, search::kTestNowMs * 2}, .kinds = {search::CrashKind::kReport}};
    query.clauses = {{search::FieldId::kProduct,
                      search::Combine::kNoneOf,
                      {{search::Operator::kEquals, std::string("Closed")}}}};
    return SeenCrashes({query});
  };
  EXPECT_THAT(ask("third_place").body, AllOf(HasSubstr("fourth_place"), HasSubstr("ofOpen3"),
                                             Not(HasSubstr("ofClosed")), Not(HasSubstr("closed_place"))));
  EXPECT_EQ(ask("closed_place").status, 404);
  parts_.seen = [](const http::Caller&) -> base::Result<SeenCrashes> {
    return base::Error{base::Code::kIo, 0, "which products are closed"};
  };
  EXPECT_EQ(ask("third_place").status, 500);
}

TEST_F(ServerSigningRoutes, WhatIsAskedOfTheIndexHasItsTime) {
  parts_.deadline = [](const http::Request& request) {
    return request.query == "signature=crash_here" ? search::Deadline{.at_ms = 1, .limit_s = 30}
                                                   : search::Deadline();
  };
  for (const std::string path : {"/api/SimilarSignatures", "/api/ResolveSignature"}) {
    const http::Response late = Ask("GET", path, "signature=crash_here", "", {});
    EXPECT_EQ(late.status, 400) << path;
    EXPECT_EQ(late.body, R"({"error":"The search took more than 30 s"})");
    EXPECT_EQ(Ask("GET", path, "signature=other_place", "", {}).status, 200) << path;
  }
}

TEST_F(ServerSigningRoutes, OnlyAdministratorsChangeAnything) {
  for (const std::string path : {"preview", "save", "undo", "merge", "rename", "split"}) {
    EXPECT_EQ(Ask("POST", "/api/Signing/" + path, "", "{}", {"view_pii"}).status, 403) << path;
  }
  for (const std::string path : {"/api/Signing", "/api/Signing/history"}) {
    EXPECT_EQ(Ask("GET", path, "", "", {}).status, 403) << path;
  }
}

TEST_F(ServerSigningRoutes, ALongPreviewIsCut) {
  std::vector<Flow> flows;
  for (int i = 0; i < 300; ++i) {
    for (int k = 0; k < 25; ++k)
      flows.push_back({"a" + std::to_string(i), "b" + std::to_string(k), 1, 1, ""});
  }
  const std::string json = WritePreview(SumUp(std::move(flows)));
  EXPECT_THAT(json, AllOf(HasSubstr(R"("splits":{"total":300)"), HasSubstr(R"("parts_total":25)")));
  EXPECT_LT(json.size(), 1U << 20);
}

}  // namespace
}  // namespace cairn::signing
