#include "server/search/query.h"

namespace cairn::search {

Facet EmptyFacet(const Aggregation& aggregation) {
  Facet facet;
  facet.aggregation = aggregation;
  facet.aggregation.inner.clear();
  if (HasBuckets(aggregation.kind)) return facet;
  facet.values.resize(aggregation.kind == AggregationKind::kPercentiles ? kPercentiles.size() : 1);
  if (aggregation.kind == AggregationKind::kCardinality) facet.values[0] = std::int64_t{0};
  return facet;
}

}  // namespace cairn::search
