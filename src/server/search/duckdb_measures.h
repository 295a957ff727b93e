// Aggregations that have no buckets - an average, a number of distinct values, percentiles - in SQL.
#pragma once

#include <cstddef>
#include <string>

#include "server/search/duckdb_connection.h"
#include "server/search/query.h"

namespace cairn::search {

class Measure {
 public:
  // Over the values `x` of a group, as a column called `name`. The aggregation must outlive it.
  Measure(const Aggregation& aggregation, const std::string& x, std::string name);

  // The column.
  const std::string& column() const { return column_; }
  // What it holds, in expressions over it: one or, of percentiles, several.
  const std::string& values() const { return values_; }

  // Where no crash has the field.
  Facet Nothing() const { return EmptyFacet(aggregation_); }
  // Of a row that has the values from `column` on, which is behind them then.
  Facet Read(const DuckRows& rows, std::size_t& column) const;

 private:
  const Aggregation& aggregation_;
  std::string column_;
  std::string values_;
};

}  // namespace cairn::search
