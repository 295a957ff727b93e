// What an operator's registry file adds, with the real cairn-server: from the submission to the search.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "apps/running_server_for_test.h"
#include "os/clock.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kRows = R"yaml(annotations:
  - {name: AcmeTier, field: acme_tier, type: u32, scope: report, permission: public, search: number,
     source: application, description: What was paid for.}
  - {name: AcmePlan, field: acme_plan, type: string, scope: report, permission: public, search: keyword,
     source: application, description: The plan's name.}
  - {name: AcmeKey, field: acme_key, type: string, scope: report, search: keyword,
     source: application, description: Protected.}
  - {name: AcmePin, field: acme_pin, type: string, scope: report,
     source: application, description: Protected and not searched.}
  - {name: MozCrashReason, permission: protected, scope: report}
  - {name: OOMAllocationSize, type: string, search: keyword}
)yaml";

class ServeRegistryTest : public TestOfServer {
 protected:
  void SetUp() override {
    TestOfServer::SetUp();
    if (IsSkipped()) return;
    own_ = data_ + ".yaml";
    ASSERT_TRUE(os::WriteFileDurably(own_, base::AsBytes(kRows)));
  }
  void TearDown() override {
    if (!own_.empty()) std::filesystem::remove(own_);
    TestOfServer::TearDown();
  }

  std::string Config() const { return "annotations = \"" + own_ + "\"\n"; }

  static net::HttpResponse Search(const RunningServer& server, const std::string& query) {
    return server.Send("GET", "/api/SuperSearch/?" + query, "", {});
  }
  // The answer once it counts so many crashes; the last one if it never does.
  static std::string AwaitTotal(const RunningServer& server, const std::string& query, int total) {
    std::string body;
    for (const std::int64_t end = os::MonotonicMillis() + kPatienceMs; os::MonotonicMillis() < end;) {
      body = Search(server, query).body;
      if (body.find("\"total\":" + std::to_string(total)) != std::string::npos) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return body;
  }

  std::string own_;
};

std::string Submission(const std::string& tier, const std::string& plan) {
  return Text("ProductName", "Acme") + Text("Version", "1.0") + Text("AcmeTier", tier) +
         Text("AcmePlan", plan) + Text("AcmeKey", "planted-key") + Text("AcmePin", "planted-pin") +
         Text("MozCrashReason", "planted-reason") + "--b--\r\n";
}

TEST_F(ServeRegistryTest, OwnPublicAnnotationsAreSearched) {
  const RunningServer server(data_, 0, Config());
  ASSERT_NE(IdOf(server.Submit(Submission("3", "gold"))), "");
  const std::string second = IdOf(server.Submit(Submission("1", "silver")));
  ASSERT_NE(second, "");
  AwaitTotal(server, "product=Acme", 2);
  const std::string found =
      Search(server, "acme_tier=%3E%3D2&_columns=acme_tier&_columns=acme_plan&_facets=acme_plan").body;
  EXPECT_NE(found.find("\"total\":1"), std::string::npos) << found;
  EXPECT_NE(found.find(R"("acme_tier":3)"), std::string::npos) << found;
  EXPECT_NE(found.find(R"("acme_plan":"gold")"), std::string::npos) << found;
  EXPECT_NE(found.find(R"({"term":"gold","count":1})"), std::string::npos) << found;
  const std::string by_plan = Search(server, "acme_plan=Silver&_columns=uuid").body;
  EXPECT_NE(by_plan.find(second), std::string::npos) << by_plan;
  EXPECT_EQ(Search(server, "acme_tier=many").status, 400);
}

TEST_F(ServeRegistryTest, WhatTheOperatorProtectsIsSearchedByWhoMaySeeItAlone) {
  std::string output;
  ASSERT_EQ(RunToEnd({Program("cairn-server"), "user", "token", "--data", data_, "--permissions", "view_pii"},
                     &output),
            0)
      << output;
  RunningServer server(data_, 0, Config());
  ASSERT_NE(IdOf(server.Submit(Submission("3", "gold"))), "");
  AwaitTotal(server, "product=Acme", 1);
  for (const char* const name : {"acme_key", "moz_crash_reason"}) {
    for (const char* const way :
         {"%=x", "%=!__null__", "_columns=%", "_facets=%", "_sort=-%", "_cardinality.%=1", "_aggs.product=%",
          "_facets=product&_aggs.product.%=version"}) {
      std::string query = way;
      query.replace(query.find('%'), 1, name);
      const net::HttpResponse refused = Search(server, query);
      EXPECT_GE(refused.status, 400) << query;
      EXPECT_EQ(refused.body.find("planted"), std::string::npos) << refused.body;
    }
    EXPECT_EQ(Search(server, std::string(name) + "=x").status, 403);
  }
  EXPECT_EQ(Search(server, "acme_pin=x").status, 400) << "not searched at all";
  const std::string token = output.substr(0, output.find_first_of(" \n"));
  const net::HttpResponse seen = server.Send(
      "GET", "/api/SuperSearch/?acme_key=planted-key&_columns=acme_key", "", {{"Auth-Token", token}});
  EXPECT_NE(seen.body.find(R"("acme_key":"planted-key")"), std::string::npos) << seen.body;
  EXPECT_EQ(server.End(SIGTERM), 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(data_ + "/index")) {
    if (!entry.is_regular_file()) continue;
    const auto bytes = os::ReadFile(entry.path().string(), 1 << 28);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->find("planted-pin"), std::string::npos) << entry.path();
  }
}

// Neither knows the configuration.
TEST_F(ServeRegistryTest, OwnTypesOutlastAPurgeAndASweep) {
  std::string purged;
  {
    RunningServer server(data_, 0, Config());
    ASSERT_NE(IdOf(server.Submit(Text("OOMAllocationSize", "large") + Submission("3", "gold"))), "");
    purged = IdOf(server.Submit(Submission("1", "silver")));
    AwaitTotal(server, "oom_allocation_size=large", 1);
    AwaitTotal(server, "product=Acme", 2);
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  std::string output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "purge", "--data", data_, purged}, &output), 0) << output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "index", "sweep", "--data", data_}, &output), 0) << output;
  const RunningServer server(data_, 0, Config());
  const std::string found = Search(server, "oom_allocation_size=large").body;
  EXPECT_NE(found.find("\"total\":1"), std::string::npos) << found;
}

// A purge without a server knows no configuration.
TEST_F(ServeRegistryTest, OwnFieldsOutlastAPurgeAndATimeWithoutTheFile) {
  std::string purged;
  {
    RunningServer server(data_, 0, Config());
    ASSERT_NE(IdOf(server.Submit(Submission("3", "gold"))), "");
    purged = IdOf(server.Submit(Submission("1", "silver")));
    AwaitTotal(server, "product=Acme", 2);
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  std::string output;
  EXPECT_EQ(RunToEnd({Program("cairn-server"), "purge", "--data", data_, purged}, &output), 0) << output;
  {
    RunningServer server(data_);
    EXPECT_EQ(Search(server, "acme_tier=3").status, 400) << "nothing is known of it";
    EXPECT_EQ(server.End(SIGTERM), 0);
  }
  const RunningServer server(data_, 0, Config());
  const std::string found = Search(server, "acme_tier=3&_columns=acme_plan").body;
  EXPECT_NE(found.find(R"("acme_plan":"gold")"), std::string::npos) << found;
  EXPECT_NE(Search(server, "product=Acme").body.find("\"total\":1"), std::string::npos);
}

}  // namespace
}  // namespace cairn::apps
