#include "analysis/stats/error_aggregates.h"

#include <gtest/gtest.h>
#include <simdjson.h>

#include <cstdlib>
#include <fstream>
#include <optional>

#include "base/iso_time.h"
#include "base/parse_json.h"

namespace cairn::stats {
namespace {

namespace dom = simdjson::dom;

TEST(ErrorAggregatesTest, ProcessesAreToldApart) {
  EXPECT_EQ(MeasuresOf(CrashFacts{"", "", false}).main_crashes, 1);
  EXPECT_EQ(MeasuresOf(CrashFacts{"main", "", true}),
            (Measures{.count = 1, .main_crashes = 1, .startup_crashes = 1}));
  EXPECT_EQ(MeasuresOf(CrashFacts{"content", "", false}), (Measures{.count = 1, .content_crashes = 1}));
  EXPECT_EQ(MeasuresOf(CrashFacts{"content", "ShutDownKill", false}),
            (Measures{.count = 1, .content_shutdown_crashes = 1}));
  // No measure of their own, but a ping all the same.
  EXPECT_EQ(MeasuresOf(CrashFacts{"rdd", "", false}), Measures{.count = 1});
}

TEST(ErrorAggregatesTest, UsageIsNeitherNegativeNorMoreThanADay) {
  EXPECT_EQ(ClampUsage(-5), 0);
  EXPECT_EQ(ClampUsage(3600), 3600);
  EXPECT_EQ(ClampUsage(100'000), 86'400);
  EXPECT_DOUBLE_EQ(MeasuresOf(UsageFacts{.seconds = 5400}).UsageHours(), 1.5);
}

TEST(ErrorAggregatesTest, CountsThatCannotBeAreCut) {
  const Measures measures = MeasuresOf(UsageFacts{
      .sessions = 2, .gpu_crashes = -1, .plugin_crashes = 7, .gmplugin_crashes = 1'000'000'000'000'000});
  EXPECT_EQ(measures, (Measures{.count = 1, .plugin_crashes = 7, .gmplugin_crashes = 10'000, .sessions = 2}));
}

TEST(ErrorAggregatesTest, WindowsAreHalfOpen) {
  EXPECT_EQ(WindowStart(0), 0);
  EXPECT_EQ(WindowStart(kWindowMs - 1), 0);
  EXPECT_EQ(WindowStart(kWindowMs), kWindowMs);
  EXPECT_EQ(WindowStart(-1), -kWindowMs);
}

TEST(ErrorAggregatesTest, BuildsOfMoreThanSixMonthsAgoAreOld) {
  EXPECT_TRUE(IsBuildRecent("20260401120000", "20261031"));
  EXPECT_FALSE(IsBuildRecent("20260430120000", "20261101"));
  EXPECT_TRUE(IsBuildRecent("20270101000000", "20261101"));
  EXPECT_TRUE(IsBuildRecent("1", "20261101"));
  EXPECT_TRUE(IsBuildRecent("20261399", "20270101"));
}

TEST(ErrorAggregatesTest, RowsAreByWindowAndDimensions) {
  ErrorAggregates aggregates;
  Dimensions firefox{.application = "Firefox"};
  Dimensions other{.application = "Other"};
  aggregates.Add(1000, firefox, {.count = 1});
  aggregates.Add(2000, firefox, {.count = 2, .sessions = 1, .clients = 1, .usage_seconds = 7});
  aggregates.Add(2000, other, {.count = 4});
  aggregates.Add(kWindowMs, firefox, {.count = 8});
  const std::vector<Aggregate> rows = aggregates.Rows();
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].measures, (Measures{.count = 3, .sessions = 1, .clients = 1, .usage_seconds = 7}));
  EXPECT_EQ(rows[1].dimensions, other);
  EXPECT_EQ(rows[2].window_start_ms, kWindowMs);
}

// The examples that the data set is tested by where it comes from: one JSON object a line.
class Vectors {
 public:
  explicit Vectors(std::string folder) : folder_(std::move(folder)) {}

  template <typename Visit>
  void ForEach(const std::string& file, const Visit& visit) const {
    std::ifstream lines(folder_ + "/" + file);
    ASSERT_TRUE(lines) << file;
    std::string line;
    while (std::getline(lines, line)) {
      // A histogram stands there as a text between single quotes, which is no JSON.
      std::erase(line, '\'');
      dom::parser parser;
      dom::element row;
      ASSERT_EQ(base::ParseJson(parser, line).get(row), simdjson::SUCCESS) << file << ": " << line;
      visit(row);
    }
  }

 private:
  std::string folder_;
};

std::string TextAt(dom::element row, std::string_view pointer) {
  std::string_view text;
  return row.at_pointer(pointer).get(text) == simdjson::SUCCESS ? std::string(text) : "";
}

std::int64_t TimeOf(dom::element row) {
  const std::string text = TextAt(row, "/submission_timestamp");
  return base::ParseIso(text.substr(0, text.find(" UTC"))).value_or(-1);
}

Dimensions DimensionsOf(dom::element row) {
  Dimensions of{.channel = TextAt(row, "/normalized_channel"),
                .version = TextAt(row, "/environment/build/version"),
                .display_version = TextAt(row, "/application/display_version"),
                .build_id = TextAt(row, "/environment/build/build_id"),
                .application = TextAt(row, "/metadata/uri/app_name"),
                .os_name = TextAt(row, "/normalized_os"),
                .os_version = TextAt(row, "/normalized_os_version"),
                .architecture = TextAt(row, "/environment/build/architecture"),
                .country = TextAt(row, "/normalized_country_code")};
  of.os_name = OsNameOf(of.application, of.os_name);
  return of;
}

void AddCrash(dom::element row, ErrorAggregates& aggregates) {
  const CrashFacts crash{.process_type = TextAt(row, "/payload/process_type"),
                         .ipc_channel_error = TextAt(row, "/payload/metadata/ipc_channel_error"),
                         .is_startup = TextAt(row, "/payload/metadata/startup_crash") == "1"};
  aggregates.Add(TimeOf(row), DimensionsOf(row), MeasuresOf(crash));
}

void AddMain(dom::element row, ErrorAggregates& aggregates) {
  UsageFacts usage{.seconds = std::stoll(TextAt(row, "/payload/info/subsession_length"))};
  dom::array processes;
  ASSERT_EQ(row.at_pointer("/payload/keyed_histograms/subprocess_crashes_with_dump").get(processes),
            simdjson::SUCCESS);
  for (const dom::element process : processes) {
    const std::string key = TextAt(process, "/key");
    std::int64_t sum = 0;
    ASSERT_EQ(process.at_pointer("/value/sum").get(sum), simdjson::SUCCESS);
    if (key == "gpu") usage.gpu_crashes += sum;
    if (key == "plugin") usage.plugin_crashes += sum;
    if (key == "gmplugin") usage.gmplugin_crashes += sum;
  }
  aggregates.Add(TimeOf(row), DimensionsOf(row), MeasuresOf(usage));
}

void AddCore(dom::element row, ErrorAggregates& aggregates) {
  Dimensions of = DimensionsOf(row);
  of.version = TextAt(row, "/metadata/uri/app_version");
  of.display_version = TextAt(row, "/display_version");
  of.build_id = TextAt(row, "/metadata/uri/app_build_id");
  of.architecture = TextAt(row, "/arch");
  aggregates.Add(TimeOf(row), of, MeasuresOf(UsageFacts{.seconds = std::stoll(TextAt(row, "/durations"))}));
}

// One field by its name in the examples; texts and whole numbers alike.
std::string FieldOf(const Aggregate& row, std::string_view name) {
  const Dimensions& of = row.dimensions;
  const Measures& counts = row.measures;
  const std::map<std::string_view, std::string> fields = {
      {"channel", of.channel},
      {"version", of.version},
      {"display_version", of.display_version},
      {"build_id", of.build_id},
      {"application", of.application},
      {"os_name", of.os_name},
      {"os_version", of.os_version},
      {"architecture", of.architecture},
      {"country", of.country},
      {"count", std::to_string(counts.count)},
      {"main_crashes", std::to_string(counts.main_crashes)},
      {"content_crashes", std::to_string(counts.content_crashes)},
      {"startup_crashes", std::to_string(counts.startup_crashes)},
      {"content_shutdown_crashes", std::to_string(counts.content_shutdown_crashes)},
      {"gpu_crashes", std::to_string(counts.gpu_crashes)},
      {"plugin_crashes", std::to_string(counts.plugin_crashes)},
      {"gmplugin_crashes", std::to_string(counts.gmplugin_crashes)}};
  const auto found = fields.find(name);
  return found == fields.end() ? "no such field" : found->second;
}

bool IsRow(const Aggregate& row, dom::element expected) {
  dom::object fields;
  EXPECT_EQ(expected.get(fields), simdjson::SUCCESS);
  for (const auto& [name, value] : fields) {
    if (name == "submission_date") continue;  // Follows from the window.
    std::int64_t number = 0;
    std::string_view text;
    if (name == "usage_hours") {
      if (value.get_double().value() != row.measures.UsageHours()) return false;
    } else if (name == "window_start") {
      if (base::ParseIso(value.get_string().value()) != row.window_start_ms) return false;
    } else if (value.get(number) == simdjson::SUCCESS) {
      if (FieldOf(row, name) != std::to_string(number)) return false;
    } else if (value.get(text) != simdjson::SUCCESS || FieldOf(row, name) != text) {
      return false;
    }
  }
  return true;
}

TEST(ErrorAggregatesTest, PlatformsAreCalledAsCrashesCallThem) {
  EXPECT_EQ(PlatformOf("Windows"), "Windows NT");
  EXPECT_EQ(PlatformOf("Mac"), "Mac OS X");
  EXPECT_EQ(PlatformOf("Other"), "");
  for (const char* const same : {"Linux", "Android", "iOS", "Windows NT", ""})
    EXPECT_EQ(PlatformOf(same), same);
}

TEST(ErrorAggregatesTest, TheDataSetsOwnExamplesHold) {
  const char* const fixtures = std::getenv("CAIRN_FIXTURES");
  if (fixtures == nullptr) GTEST_SKIP() << "CAIRN_FIXTURES is not set: the data set's examples are not there";
  const Vectors vectors(std::string(fixtures) + "/pings/error_aggregates");
  const std::string project = "__moz-fx-data-shared-prod.";
  struct Case {
    std::string name, crash, main, core;
  };
  // The first reads days that are complete, the second the day that is not over.
  for (const Case& test :
       {Case{"test_aggregation", "telemetry_stable.crash_v4", "telemetry_stable.main_v5", "telemetry.core"},
        Case{"test_live_date_filter", "telemetry_live.crash_v4", "telemetry_live.main_v5",
             "telemetry_derived.core_live"}}) {
    ErrorAggregates aggregates;
    const auto file = [&](const std::string& table) { return test.name + project + table + ".ndjson"; };
    vectors.ForEach(file(test.crash), [&](dom::element row) { AddCrash(row, aggregates); });
    vectors.ForEach(file(test.main), [&](dom::element row) { AddMain(row, aggregates); });
    vectors.ForEach(file(test.core), [&](dom::element row) { AddCore(row, aggregates); });
    const std::vector<Aggregate> rows = aggregates.Rows();
    std::size_t expected = 0;
    vectors.ForEach(test.name + "__expect.ndjson", [&](dom::element row) {
      ++expected;
      EXPECT_EQ(std::ranges::count_if(rows, [&](const Aggregate& found) { return IsRow(found, row); }), 1)
          << simdjson::minify(row);
    });
    EXPECT_EQ(rows.size(), expected) << test.name;
    EXPECT_GE(expected, 3u);
  }
}

}  // namespace
}  // namespace cairn::stats
