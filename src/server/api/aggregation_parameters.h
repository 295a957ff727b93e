// Reads the parameters that say what is counted: _facets, _aggs.<path>, _histogram.<field>,
// _cardinality.<field>.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/search/query.h"

namespace cairn::api {

inline constexpr std::size_t kMaxFacets = 30;  // In all: each is a pass over the crashes found.

// Collects them one by one. What is asked for twice is one.
class AggregationParameters {
 public:
  // Whether a parameter of this name is one of these.
  static bool Knows(std::string_view name);

  // What is wrong with it, in words; nothing if it was taken.
  std::optional<std::string> Take(std::string_view name, const std::string& value);

  // The aggregations with their intervals; signatures are counted if nothing was said of _facets.
  std::vector<search::Aggregation> Finish() const;

 private:
  using Aggregations = std::vector<search::Aggregation>;

  std::optional<std::string> Add(std::string_view path, Aggregations& to);
  std::optional<std::string> SetInterval(std::string_view field, const std::string& value);
  void SetIntervals(Aggregations& aggregations) const;

  struct Interval {
    search::DateStep date_step = search::DateStep::kDay;
    double number = 1;
  };

  Aggregations aggregations_;
  std::map<search::FieldId, Interval> intervals_;
  std::size_t count_ = 0;
  bool has_facets_ = false;
};

// "cardinality_install_time": what an aggregation is called in the answer.
std::string NameOfAggregation(const search::Aggregation& aggregation);

}  // namespace cairn::api
