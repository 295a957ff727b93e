#include "server/metrics/registry.h"

#include <gtest/gtest.h>

#include <limits>

namespace cairn::metrics {
namespace {

TEST(RegistryTest, WritesTheTextFormat) {
  Counter accepted;
  Counter rejected;
  constexpr std::array<double, 2> kBounds_s = {0.25, 1};
  DurationHistogram seconds(kBounds_s);
  accepted.Add(12'345'678'901'234);
  seconds.Observe(std::chrono::milliseconds(500));
  Registry registry;
  registry.AddCounter({"reports_total", "Reports."}, {{"outcome", "accepted"}}, accepted);
  registry.AddHistogram({"work_seconds", "Work."}, {{"kind", "ping"}}, seconds);
  registry.AddCounter({"reports_total", ""}, {{"outcome", "rejected"}}, rejected);
  registry.AddGauge({"disk_free_bytes", "Room."}, [] { return 1.5; });
  EXPECT_EQ(registry.Write(),
            "# HELP reports_total Reports.\n"
            "# TYPE reports_total counter\n"
            "reports_total{outcome=\"accepted\"} 12345678901234\n"
            "reports_total{outcome=\"rejected\"} 0\n"
            "# HELP work_seconds Work.\n"
            "# TYPE work_seconds histogram\n"
            "work_seconds_bucket{kind=\"ping\",le=\"0.25\"} 0\n"
            "work_seconds_bucket{kind=\"ping\",le=\"1\"} 1\n"
            "work_seconds_bucket{kind=\"ping\",le=\"+Inf\"} 1\n"
            "work_seconds_sum{kind=\"ping\"} 0.5\n"
            "work_seconds_count{kind=\"ping\"} 1\n"
            "# HELP disk_free_bytes Room.\n"
            "# TYPE disk_free_bytes gauge\n"
            "disk_free_bytes 1.5\n");
}

TEST(RegistryTest, WhatIsUnknownNowIsLeftOut) {
  Registry registry;
  registry.AddGauges({"a", "A."}, [] { return std::vector<Sample>(); });
  registry.AddCounters({"b_total", "B."}, [] { return std::vector<Sample>{{{{"x", "1"}, {"y", "2"}}, 7}}; });
  EXPECT_EQ(registry.Write(), "# HELP b_total B.\n# TYPE b_total counter\nb_total{x=\"1\",y=\"2\"} 7\n");
}

TEST(RegistryTest, SpecialCharactersAndNumbersAreWrittenAsTheFormatAsks) {
  Registry registry;
  registry.AddGauges({"a", "One\nback\\slash \"q\"."}, [] {
    return std::vector<Sample>{{{{"l", "q\" b\\ n\n"}}, std::numeric_limits<double>::infinity()},
                               {{}, std::numeric_limits<double>::quiet_NaN()},
                               {{}, -1e300}};
  });
  EXPECT_EQ(registry.Write(),
            "# HELP a One\\nback\\\\slash \"q\".\n# TYPE a gauge\n"
            "a{l=\"q\\\" b\\\\ n\\n\"} +Inf\na NaN\na -1e+300\n");
}

}  // namespace
}  // namespace cairn::metrics
