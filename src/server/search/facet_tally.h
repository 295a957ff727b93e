// Facets whose keys are small numbers - signatures, intervals of dates, yes and no - or few texts, which get
// numbers (TextNumbers), counted by tallies in one pass over the crashes.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/number_set.h"
#include "server/search/query.h"
#include "server/search/tally.h"
#include "server/search/text_numbers.h"

namespace cairn::search {

// A way from a facet of the query to one that has none within: by its keys one Tally counts.
struct TallyPath {
  std::vector<const Aggregation*> aggregations;
  std::vector<std::size_t> sizes;  // Of the keys.
};

struct TallyPaths {
  std::vector<TallyPath> paths;  // They point into the query.
  std::size_t texts_max = 0;     // Of each field whose texts are keys.
};

// The paths of all facets of the query, if there are `signatures` signatures; nothing if one of them cannot
// be counted so. With `places`, before the keys of each path stands one that is a place below that.
std::optional<TallyPaths> TallyPathsOf(const Query& query, std::size_t signatures, std::size_t places);

// Whether texts of the field are keys.
bool HasTextKeys(FieldId field);

// The key of an aggregation in SQL, a BIGINT; `x` is the field's value, of a signature or a text its number.
std::string TallyKey(const Aggregation& aggregation, const Query& query, const std::string& x);

// What keys stand for.
struct KeyTexts {
  std::map<std::int64_t, std::string> signatures;  // By their numbers.
  std::map<FieldId, const TextNumbers*> fields;
};

// The query's facets of what was counted.
class TalliedFacets {
 public:
  // A joined tally for each path, in the paths' order, and `places` as for these.
  TalliedFacets(const Query& query, std::span<const Tally* const> tallies, std::size_t places);

  // The signatures that may have a place in the answer.
  const NumberSet& signatures() const { return signatures_; }

  // With their texts: the facets of each place, or those alone that there are. kLimitExceeded if there are
  // more terms than an answer may have.
  base::Result<std::vector<std::vector<Facet>>> Read(const KeyTexts& texts);

 private:
  // The largest buckets, with those that are as large as the last one.
  struct Bucket;
  struct Draft {
    const Aggregation* aggregation;
    std::vector<Bucket> buckets;
  };
  struct Bucket {
    std::int64_t key = 0;
    TallyCell cell;
    std::vector<Draft> inner;
  };

  std::vector<std::int64_t> LargestKeys(const Aggregation& aggregation,
                                        std::span<const std::uint64_t> counts) const;
  Draft Choose(const Aggregation& aggregation, std::span<const Tally* const> tallies,
               std::vector<std::int64_t>& within);
  base::Result<Facet> Finish(Draft& draft, const KeyTexts& texts);

  const Query& query_;
  std::vector<std::vector<Draft>> drafts_;
  NumberSet signatures_;
  std::size_t terms_ = 0;
};

}  // namespace cairn::search
