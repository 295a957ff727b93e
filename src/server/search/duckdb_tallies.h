// Facets that tallies count (facet_tally.h), in statements.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/duckdb_connection.h"
#include "server/search/duckdb_sql.h"
#include "server/search/facet_tally.h"
#include "server/search/query.h"

namespace cairn::search {

struct Counts {
  std::uint64_t total = 0;
  Estimate estimate;  // If the query asks for it.
  std::vector<Facet> facets;
};

class FacetTallies {
 public:
  // Null if one of the query's facets cannot be counted so. With `places` (TallyPathsOf) crash rows b have
  // a column `place`. The arguments must outlive it.
  static std::unique_ptr<FacetTallies> Create(const Query& query, const CrashSelection& selection,
                                              std::size_t places);

  std::span<const TallyPath> paths() const { return paths_; }
  // The one of a path.
  Tally& tally(std::size_t path) { return tallies_[path]; }

  // The keys of a path, of crash rows b with FacetColumns: a list of expressions.
  std::vector<std::string> KeysOf(const TallyPath& path) const;

  // Columns x1, x2, ... of crash rows b, each a call that counts, separated by commas; and the sum of them
  // all, which a statement's answer must hold, or the engine makes no call.
  std::string Calls() const;
  std::string SumOfCalls() const;

  // Once all is counted: the facets, of each place or those alone that there are; nothing if something did
  // not fit, and the query is to be answered in another way.
  base::Result<std::optional<std::vector<std::vector<Facet>>>> Read(DuckConnection& connection);

  // All that was counted, if the query has facets. After Read.
  TallyCell Sum() const { return tallies_.front().SumOf({}); }

 private:
  FacetTallies(const Query& query, const CrashSelection& selection, TallyPaths paths, std::size_t places);
  std::string KeyOf(const Aggregation& aggregation) const;
  base::Result<std::map<std::int64_t, std::string>> ReadSignatures(DuckConnection& connection,
                                                                   const NumberSet& numbers) const;

  const Query& query_;
  const CrashSelection& selection_;
  std::vector<TallyPath> paths_;
  std::size_t places_;
  // Deques and pointers: what is shared stays where it is.
  std::deque<Tally> tallies_;
  std::map<FieldId, std::unique_ptr<TextNumbers>> texts_;
  std::map<FieldId, DuckDbFunctions::Shared> shared_texts_;
  std::vector<DuckDbFunctions::Shared> shared_tallies_;
};

// The query's facets, and how many crashes there are in all, in one pass over them; nothing if this query
// cannot be answered so.
base::Result<std::optional<Counts>> CountByTallies(DuckConnection& connection, const Query& query,
                                                   const CrashSelection& selection);

}  // namespace cairn::search
