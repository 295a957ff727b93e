#include "server/collector/rule_routes.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "server/collector/rule_source.h"
#include "server/store/blob_keys.h"
#include "server/store/file_blob_store.h"
#include "server/store/temporary_folder_for_test.h"

namespace cairn::collector {
namespace {

constexpr std::int64_t kMay2026 = 1'777'629'600'000;  // 2026-05-01T10:00:00Z

class RuleRoutesTest : public ::testing::Test {
 protected:
  // The revision of the profile that took effect then.
  std::string Use(const std::string& profile, std::int64_t now_ms) {
    const auto source = RuleSource::Open(profile, blobs_, now_ms, [](const std::string&) {});
    return source == nullptr ? "" : source->Current()->revision;
  }
  http::Response Get(const std::string& path, const std::string& query = "",
                     std::vector<std::string> permissions = {}) {
    const http::Router router(MakeRuleRoutes(blobs_), {.anonymous_permissions = std::move(permissions)});
    http::Request request{.method = "GET"};
    request.segments = *http::SplitPath(path);
    request.query = query;
    http::Router::Admission admission = router.Admit(request);
    if (admission.refusal) return *std::move(admission.refusal);
    return router.Handle(admission.route, request);
  }

  store::TemporaryFolder folder_;
  store::FileBlobStore blobs_ = *store::FileBlobStore::Open(folder_.Path("blobs"));
};

TEST_F(RuleRoutesTest, ChangesAreListedWithTheirTimesOldestFirst) {
  EXPECT_EQ(Get("/api/RuleChanges/").body, R"({"changes":[],"has_earlier":false})");
  const std::string general = Use("general", kMay2026);
  const std::string firefox = Use("firefox", kMay2026 + 1000);
  const std::string expected = R"({"changes":[{"date":"2026-05-01T10:00:00.000Z","revision":")" + general +
                               R"(","name":"general"},{"date":"2026-05-01T10:00:01.000Z","revision":")" +
                               firefox + R"(","name":"firefox"}],"has_earlier":false})";
  EXPECT_EQ(Get("/api/RuleChanges/").body, expected);
  EXPECT_EQ(Get("/api/RuleChanges").body, expected);
}

TEST_F(RuleRoutesTest, OfVeryManyTheNewestAreListedAndItIsSaid) {
  std::string key;
  for (std::size_t i = 0; i <= kMaxListedRuleChanges; ++i) {
    const std::string number = std::to_string(10'000 + i);
    key = store::ThrottleRulesKey("20260501", "20260501-1000" + number);
    const std::string json =
        R"({"time_ms":)" + number + R"(,"revision":"r)" + number + R"(","name":"rules.toml","rules":""})";
    ASSERT_TRUE(blobs_.Put(key, base::AsBytes(json)));
  }
  const std::string body = Get("/api/RuleChanges/").body;
  EXPECT_EQ(body.find("\"r10000\""), std::string::npos);
  EXPECT_NE(body.find("\"r10001\""), std::string::npos);
  EXPECT_NE(body.find("\"r11000\""), std::string::npos);
  EXPECT_TRUE(body.ends_with(R"("has_earlier":true})")) << body.substr(body.size() - 50);
}

TEST_F(RuleRoutesTest, WhatTheRulesSayIsForWhoeverMayAdminister) {
  const std::string revision = Use("general", kMay2026);
  Use("firefox", kMay2026 + 1000);
  EXPECT_EQ(Get("/api/RuleSet/", "revision=" + revision).status, 403);
  EXPECT_EQ(Get("/api/RuleSet/", "revision=" + revision, {"view_pii"}).status, 403);
  const http::Response shown = Get("/api/RuleSet/", "revision=" + revision, {"administer"});
  EXPECT_EQ(shown.status, 200);
  EXPECT_NE(shown.body.find("[[rule]]"), std::string::npos) << shown.body;
  EXPECT_EQ(Get("/api/RuleSet/", "revision=other", {"administer"}).status, 404);
  for (const char* const query : {"", "name=general", "revision=a&revision=b"})
    EXPECT_EQ(Get("/api/RuleSet/", query, {"administer"}).status, 400) << query;
}

}  // namespace
}  // namespace cairn::collector
