#include "server/search/duckdb_measures.h"

namespace cairn::search {
namespace {

std::string MeasureOf(AggregationKind kind, const std::string& x) {
  switch (kind) {
    case AggregationKind::kCardinality: return "count(DISTINCT " + x + ")";
    case AggregationKind::kMinimum: return "min(" + x + ")";
    case AggregationKind::kMaximum: return "max(" + x + ")";
    case AggregationKind::kAverage: return "CAST(avg(" + x + ") AS DOUBLE)";
    case AggregationKind::kSum: return "CAST(sum(" + x + ") AS DOUBLE)";
    default: break;
  }
  std::string shares;
  for (const int percent : kPercentiles)
    shares += (shares.empty() ? "" : ", ") + std::to_string(percent) + "/100";
  return "quantile_cont(CAST(" + x + " AS DOUBLE), [" + shares + "])";
}

std::size_t ValuesOf(const Aggregation& aggregation) {
  return aggregation.kind == AggregationKind::kPercentiles ? kPercentiles.size() : 1;
}

}  // namespace

Measure::Measure(const Aggregation& aggregation, const std::string& x, std::string name)
    : aggregation_(aggregation), column_(MeasureOf(aggregation.kind, x) + " AS " + name) {
  if (aggregation.kind != AggregationKind::kPercentiles) {
    values_ = std::move(name);
    return;
  }
  for (std::size_t i = 1; i <= ValuesOf(aggregation); ++i) {
    values_ += (i == 1 ? "" : ", ") + name + "[" + std::to_string(i) + "]";
  }
}

Facet Measure::Read(const DuckRows& rows, std::size_t& column) const {
  Facet facet = EmptyFacet(aggregation_);
  facet.values.clear();
  for (std::size_t i = 0; i < ValuesOf(aggregation_); ++i) facet.values.push_back(rows.At(column++));
  return facet;
}

}  // namespace cairn::search
