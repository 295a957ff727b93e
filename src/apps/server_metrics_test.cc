#include "apps/server_metrics.h"

#include <gtest/gtest.h>

#include "apps/build_info.h"

namespace cairn::apps {
namespace {

bool Has(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

TEST(RequestMetricsTest, RequestsAreCountedByPatternAndClass) {
  const std::vector<http::Route> routes = {{"POST", "/submit/{a}/{*rest}", "anybody"},
                                           {"PUT", "/submit/{a}/{*rest}", "anybody"},
                                           {"GET", "/x", "anybody"}};
  RequestMetrics requests(routes);
  metrics::Registry registry;
  requests.AddTo(registry);
  requests.Count({"POST", "/submit/{a}/{*rest}", 200, 10, 1, 2'000});
  requests.Count({"PUT", "/submit/{a}/{*rest}", 200, 5, 2, 20'000'000});
  requests.Count({"GET", "/x", 503, 0, 0, 0});
  requests.Count({"GET", "none", 404, 0, 0, 0});
  requests.Count({"GET", "a pattern that no route has", 200, 0, 0, 0});
  const std::string text = registry.Write();
  for (const std::string line :
       {R"(cairn_http_requests_total{route="/submit/{a}/{*rest}",status="2xx"} 2)",
        R"(cairn_http_requests_total{route="/x",status="5xx"} 1)",
        R"(cairn_http_requests_total{route="none",status="4xx"} 1)",
        R"(cairn_http_requests_total{route="site",status="2xx"} 0)",
        R"(cairn_http_request_bytes_total{route="/submit/{a}/{*rest}"} 15)",
        R"(cairn_http_response_bytes_total{route="/submit/{a}/{*rest}"} 3)",
        R"(cairn_http_request_seconds_bucket{route="/submit/{a}/{*rest}",le="0.0025"} 1)",
        R"(cairn_http_request_seconds_sum{route="/submit/{a}/{*rest}"} 20.002)"}) {
    EXPECT_TRUE(Has(text, line)) << line;
  }
  EXPECT_EQ(text.find("that no route has"), std::string::npos);
}

TEST(BuildInfoTest, SaysVersionAndCommitAndNoPlaceOfThisMachine) {
  EXPECT_EQ(kBuildInfo.version, "0.1.0");
  EXPECT_TRUE(kBuildInfo.commit.empty() || kBuildInfo.commit.size() == 40) << kBuildInfo.commit;
  const std::string json = BuildInfoAsJson();
  EXPECT_TRUE(json.starts_with(R"({"source":")")) << json;
  EXPECT_EQ(json.find(CAIRN_SOURCE_DIR), std::string::npos);
}

}  // namespace
}  // namespace cairn::apps
