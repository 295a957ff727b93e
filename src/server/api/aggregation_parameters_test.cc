#include "server/api/aggregation_parameters.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn::api {
namespace {

using search::Aggregation;
using search::AggregationKind;
using search::FieldId;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

using Parameters = std::vector<std::pair<std::string, std::string>>;

std::vector<Aggregation> AggregationsOf(const Parameters& parameters) {
  AggregationParameters reader;
  for (const auto& [name, value] : parameters) {
    EXPECT_TRUE(AggregationParameters::Knows(name)) << name;
    const std::optional<std::string> problem = reader.Take(name, value);
    EXPECT_FALSE(problem) << name << "=" << value << ": " << problem.value_or("");
  }
  return reader.Finish();
}

std::string ProblemOf(const std::string& name, const std::string& value) {
  return AggregationParameters().Take(name, value).value_or("none");
}

Aggregation Of(FieldId field, std::vector<Aggregation> inner = {},
               AggregationKind kind = AggregationKind::kTerms) {
  Aggregation aggregation;
  aggregation.field = field;
  aggregation.kind = kind;
  aggregation.inner = std::move(inner);
  return aggregation;
}

TEST(ServerApiAggregationParameters, SignaturesAreCountedIfNothingIsSaid) {
  EXPECT_THAT(AggregationsOf({}), ElementsAre(Of(FieldId::kSignature)));
  EXPECT_THAT(AggregationsOf({{"_facets", ""}}), SizeIs(0));
  EXPECT_THAT(AggregationsOf({{"_aggs.product", "version"}}),
              ElementsAre(Of(FieldId::kSignature), Of(FieldId::kProduct, {Of(FieldId::kVersion)})));
}

TEST(ServerApiAggregationParameters, PathsMakeATree) {
  EXPECT_THAT(
      AggregationsOf({{"_facets", "product"},
                      {"_facets", "product"},
                      {"_aggs.product", "version"},
                      {"_aggs.product.version", "platform"},
                      {"_aggs.product.version.platform", "_cardinality.client"},
                      {"_aggs.product", "kind"}}),
      ElementsAre(Of(FieldId::kProduct,
                     {Of(FieldId::kVersion,
                         {Of(FieldId::kPlatform, {Of(FieldId::kClient, {}, AggregationKind::kCardinality)})}),
                      Of(FieldId::kKind)})));
}

TEST(ServerApiAggregationParameters, HistogramsHaveIntervals) {
  const FieldId uptime = search::FindField("uptime_ts")->id;
  Aggregation days = Of(FieldId::kDate, {Of(FieldId::kProduct)}, AggregationKind::kHistogram);
  days.date_step = search::DateStep::kWeek;
  Aggregation minutes = Of(uptime, {}, AggregationKind::kHistogram);
  minutes.interval = 60;
  EXPECT_THAT(AggregationsOf({{"_facets", "_histogram.uptime_ts"},
                              {"_histogram.date", "product"},
                              {"_histogram_interval.date", "week"},
                              {"_histogram_interval.uptime_ts", "60"}}),
              ElementsAre(minutes, days));
  EXPECT_EQ(NameOfAggregation(days), "histogram_date");
  EXPECT_EQ(NameOfAggregation(Of(uptime, {}, AggregationKind::kPercentiles)), "percentiles_uptime_ts");
  EXPECT_EQ(NameOfAggregation(Of(FieldId::kProduct)), "product");
}

TEST(ServerApiAggregationParameters, WhatIsWrongIsSaidInWords) {
  EXPECT_THAT(ProblemOf("_facets", "nonsense"), HasSubstr("\"nonsense\""));
  EXPECT_THAT(ProblemOf("_facets", "_histogram.nonsense"), HasSubstr("nonsense"));
  EXPECT_THAT(ProblemOf("_facets", "_histogram.product"), HasSubstr("neither a number nor a date"));
  EXPECT_THAT(ProblemOf("_facets", "client"), HasSubstr("_cardinality.client"));
  EXPECT_THAT(ProblemOf("_facets", "missing_debug_id"), HasSubstr("can be searched for, but not"));
  EXPECT_THAT(ProblemOf("_aggs._cardinality.product", "version"), HasSubstr("no facets within"));
  EXPECT_THAT(ProblemOf("_aggs.product.version.platform.kind.reason.address", "uuid"), HasSubstr("within"));
  EXPECT_THAT(ProblemOf("_histogram_interval.date", "fortnight"), HasSubstr("day"));
  for (const char* const interval : {"0", "-1", "x", "inf", "nan", "1e400"}) {
    EXPECT_THAT(ProblemOf("_histogram_interval.uptime_ts", interval), HasSubstr("above 0")) << interval;
  }
  EXPECT_FALSE(AggregationParameters::Knows("_nonsense"));
  AggregationParameters reader;
  std::optional<std::string> problem;
  for (const search::Field& field : search::Fields()) {
    if (!problem && field.use == search::FieldUse::kEverything) problem = reader.Take("_facets", field.name);
  }
  EXPECT_THAT(problem.value_or(""), HasSubstr("More than 30 facets"));
}

}  // namespace
}  // namespace cairn::api
