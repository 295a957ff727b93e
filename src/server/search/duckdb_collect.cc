#include "server/search/duckdb_collect.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "server/search/collection.h"
#include "server/search/duckdb_columns.h"
#include "server/search/duckdb_found.h"

namespace cairn::search {
namespace {

using Columns = std::vector<std::vector<std::int64_t>>;

// The columns of what is collected; behind them come the facets' keys, path by path.
constexpr std::size_t kKey = 0;
constexpr std::size_t kDate = 1;
constexpr std::size_t kFirstFacetKey = 2;

bool CanBeCollected(const Query& query) {
  return !query.with_estimates && query.sort.empty() && !query.after;
}

base::Result<std::optional<Counts>> CountCollected(DuckConnection& connection, FacetTallies& tallies,
                                                   const Columns& columns) {
  std::size_t next = kFirstFacetKey;
  for (std::size_t path = 0; path < tallies.paths().size(); ++path) {
    std::vector<const std::int64_t*> keys;
    for (std::size_t i = 0; i < tallies.paths()[path].sizes.size(); ++i) {
      keys.push_back(columns[next++].data());
    }
    tallies.tally(path).Count(keys, nullptr, columns[kKey].size());
  }
  ASSIGN_OR_RETURN(auto facets, tallies.Read(connection));
  if (!facets) return std::optional<Counts>();
  return std::optional(Counts{columns[kKey].size(), {}, std::move(facets->front())});
}

std::optional<std::vector<CrashPart>> PartsOfHits(const Query& query, const CrashSelection& selection,
                                                  const Columns& columns) {
  if (query.hits_max == 0) return std::vector<CrashPart>();
  const std::vector<std::int64_t>& dates = columns[kDate];
  const std::size_t wanted = std::size_t{query.hits_offset} + query.hits_max + 1;
  std::int64_t oldest = INT64_MIN;
  if (dates.size() > wanted) {
    std::vector<std::int64_t> sorted = dates;
    const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(wanted - 1);
    std::ranges::nth_element(sorted, last, std::ranges::greater());
    oldest = *last;
  }
  std::vector<std::int64_t> keys;
  for (std::size_t i = 0; i < dates.size(); ++i) {
    if (dates[i] >= oldest) keys.push_back(columns[kKey][i]);
  }
  if (keys.size() > kMaxNamedRows) return std::nullopt;
  return PartsWithRows(selection.parts, keys);
}

}  // namespace

base::Result<std::optional<Collected>> CollectCrashes(DuckConnection& connection, const Query& query,
                                                      const CrashSelection& selection) {
  if (!CanBeCollected(query)) return std::optional<Collected>();
  const std::unique_ptr<FacetTallies> tallies = FacetTallies::Create(query, selection, 0);
  if (!tallies) return std::optional<Collected>();
  CrashExpressions what = FacetColumns(query, selection);
  what.expressions +=
      std::string(what.expressions.empty() ? "" : ", ") + "c.key AS key, c.date_ms AS date_ms";
  std::string calls = "b.key, b.date_ms";
  std::size_t columns = kFirstFacetKey;
  for (const TallyPath& path : tallies->paths()) {
    for (const std::string& key : tallies->KeysOf(path)) {
      calls += ", " + key;
      ++columns;
    }
  }
  if (columns > kMaxCollectedColumns) return std::optional<Collected>();
  Collection collection(columns);
  const DuckDbFunctions::Shared shared = selection.functions.Share(collection);
  const Statement crashes = SelectCrashes(what, selection);
  ASSIGN_OR_RETURN(const DuckRows done,
                   connection.Query("SELECT CAST(sum(collect(" + shared.name() + ", " + calls +
                                        ")) AS BIGINT) FROM (" + crashes.sql + ") b",
                                    crashes.parameters));
  if (collection.is_full()) return std::optional<Collected>();
  const Columns found = collection.Take();
  ASSIGN_OR_RETURN(std::optional<Counts> counts, CountCollected(connection, *tallies, found));
  if (!counts) return std::optional<Collected>();
  return std::optional(Collected{*std::move(counts), PartsOfHits(query, selection, found)});
}

}  // namespace cairn::search
