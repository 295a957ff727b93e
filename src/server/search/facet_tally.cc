#include "server/search/facet_tally.h"

#include <algorithm>
#include <utility>

#include "server/search/date_steps.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

// The number of the interval that a date from 1970 on is in.
std::int64_t IntervalOf(std::int64_t date_ms, const DateIntervals& intervals) {
  return (date_ms + intervals.shift_ms) / intervals.length_ms;
}

// How many intervals the query's window has; nothing if they are too many to be told from each other so.
std::optional<std::size_t> SizeOfDates(const Aggregation& aggregation, const DateWindow& window) {
  const std::optional<DateIntervals> intervals = IntervalsOf(aggregation.date_step);
  if (!intervals || window.from_ms < 0 || window.to_ms <= window.from_ms) return std::nullopt;
  if (window.to_ms / intervals->length_ms - window.from_ms / intervals->length_ms >= kMaxHistogramBuckets)
    return std::nullopt;
  return static_cast<std::size_t>(IntervalOf(window.to_ms - 1, *intervals) -
                                  IntervalOf(window.from_ms, *intervals) + 1);
}

// How many values the keys may have.
struct KeyLimits {
  std::size_t signatures = 0;
  std::size_t texts = 0;  // Of a field.
};
// The numbers of texts that are tried, as long as tallies get too large by them.
constexpr std::size_t kTextLimits[] = {4'096, 1'024, 256, 64};

std::optional<std::size_t> SizeOf(const Aggregation& aggregation, const Query& query,
                                  const KeyLimits& limits) {
  if (aggregation.kind == AggregationKind::kHistogram)
    return aggregation.field == FieldId::kDate ? SizeOfDates(aggregation, query.window) : std::nullopt;
  if (aggregation.kind != AggregationKind::kTerms) return std::nullopt;
  if (aggregation.field == FieldId::kSignature) return limits.signatures;
  if (HasTextKeys(aggregation.field)) return limits.texts;
  if (FieldOf(aggregation.field).type == FieldType::kBoolean) return 2;
  return std::nullopt;
}

// Adds the paths through an aggregation to its innermost ones; false if one of them cannot be counted.
bool AddPaths(const Aggregation& aggregation, const Query& query, const KeyLimits& limits, TallyPath so_far,
              std::vector<TallyPath>& paths) {
  const std::optional<std::size_t> size = SizeOf(aggregation, query, limits);
  if (!size || so_far.sizes.size() == kMaxTallyKeys) return false;
  so_far.aggregations.push_back(&aggregation);
  so_far.sizes.push_back(*size);
  if (aggregation.inner.empty()) {
    paths.push_back(std::move(so_far));
    return true;
  }
  return std::ranges::all_of(aggregation.inner, [&](const Aggregation& inner) {
    return AddPaths(inner, query, limits, so_far, paths);
  });
}

std::size_t PathsThrough(const Aggregation& aggregation) {
  std::size_t paths = aggregation.inner.empty() ? 1 : 0;
  for (const Aggregation& inner : aggregation.inner) paths += PathsThrough(inner);
  return paths;
}

Value TermOf(const Aggregation& aggregation, const Query& query, std::int64_t key, const KeyTexts& texts) {
  if (aggregation.field == FieldId::kSignature) {
    const auto text = texts.signatures.find(key);
    return text == texts.signatures.end() ? std::string() : text->second;
  }
  if (HasTextKeys(aggregation.field)) return texts.fields.at(aggregation.field)->TextOf(key);
  if (aggregation.kind != AggregationKind::kHistogram) return key;
  const DateIntervals intervals = IntervalsOf(aggregation.date_step).value_or(DateIntervals{});
  return (key + IntervalOf(query.window.from_ms, intervals)) * intervals.length_ms - intervals.shift_ms;
}

std::optional<std::vector<TallyPath>> PathsWithin(const Query& query, const KeyLimits& limits,
                                                  std::size_t places) {
  TallyPath begin;
  if (places > 0) begin.sizes.push_back(places);
  std::vector<TallyPath> paths;
  for (const Aggregation& aggregation : query.facets) {
    if (!AddPaths(aggregation, query, limits, begin, paths)) return std::nullopt;
  }
  return paths;
}

bool AreTooLarge(std::span<const TallyPath> paths, bool with_estimates) {
  std::size_t cells = 0;
  for (const TallyPath& path : paths) {
    std::size_t of_path = with_estimates ? 5 : 1;  // Estimates take two doubles more.
    for (const std::size_t size : path.sizes) of_path *= std::min(size + 1, kMaxTallyCells + 1);
    cells += of_path;
    if (cells > kMaxTallyCells) return true;
  }
  return false;
}

}  // namespace

bool HasTextKeys(FieldId field) {
  const bool is_of_rows = field != FieldId::kUuid && field != FieldId::kSignature &&
                          field != FieldId::kProtoSignature && field != FieldId::kSignatureGroup &&
                          field != FieldId::kBucket && field != FieldId::kMissingDebugId;
  return is_of_rows && IsText(FieldOf(field).type) && FieldOf(field).type != FieldType::kNames;
}

std::optional<TallyPaths> TallyPathsOf(const Query& query, std::size_t signatures, std::size_t places) {
  for (const std::size_t texts : kTextLimits) {
    std::optional<std::vector<TallyPath>> paths = PathsWithin(query, {signatures, texts}, places);
    if (!paths) return std::nullopt;
    if (!AreTooLarge(*paths, query.with_estimates)) return TallyPaths{*std::move(paths), texts};
  }
  return std::nullopt;
}

std::string TallyKey(const Aggregation& aggregation, const Query& query, const std::string& x) {
  if (aggregation.field == FieldId::kSignature || HasTextKeys(aggregation.field)) return x;
  if (aggregation.kind != AggregationKind::kHistogram) return "CAST(" + x + " AS BIGINT)";
  const DateIntervals intervals = IntervalsOf(aggregation.date_step).value_or(DateIntervals{});
  return "(" + x + " + " + std::to_string(intervals.shift_ms) + ") // " +
         std::to_string(intervals.length_ms) + " - " +
         std::to_string(IntervalOf(query.window.from_ms, intervals));
}

TalliedFacets::TalliedFacets(const Query& query, std::span<const Tally* const> tallies, std::size_t places)
    : query_(query) {
  for (std::size_t place = 0; place < std::max<std::size_t>(places, 1); ++place) {
    std::vector<std::int64_t> within;
    if (places > 0) within.push_back(static_cast<std::int64_t>(place));
    std::vector<Draft>& drafts = drafts_.emplace_back();
    std::span<const Tally* const> rest = tallies;
    for (const Aggregation& aggregation : query.facets) {
      drafts.push_back(Choose(aggregation, rest, within));
      rest = rest.subspan(PathsThrough(aggregation));
    }
  }
}

// The keys of the largest counts, an absent key's being the first; with those that are as large as the last
// one. Of a histogram all.
std::vector<std::int64_t> TalliedFacets::LargestKeys(const Aggregation& aggregation,
                                                     std::span<const std::uint64_t> counts) const {
  std::uint64_t least = 1;
  const std::size_t size = query_.facet_size;
  if (aggregation.kind == AggregationKind::kTerms) {
    std::vector<std::uint64_t> sorted;
    for (const std::uint64_t count : counts.subspan(1)) {
      if (count > 0) sorted.push_back(count);
    }
    if (size == 0) return {};
    if (sorted.size() > size) {
      const auto last = sorted.begin() + static_cast<std::ptrdiff_t>(size - 1);
      std::ranges::nth_element(sorted, last, std::ranges::greater());
      least = *last;
    }
  }
  std::vector<std::int64_t> keys;
  for (std::size_t i = 1; i < counts.size(); ++i) {
    if (counts[i] >= least) keys.push_back(static_cast<std::int64_t>(i) - 1);
  }
  return keys;
}

TalliedFacets::Draft TalliedFacets::Choose(const Aggregation& aggregation,
                                           std::span<const Tally* const> tallies,
                                           std::vector<std::int64_t>& within) {
  Draft draft{&aggregation, {}};
  for (const std::int64_t key : LargestKeys(aggregation, tallies[0]->CountsBelow(within))) {
    within.push_back(key);
    draft.buckets.push_back({key, tallies[0]->SumOf(within), {}});
    within.pop_back();
  }
  for (Bucket& bucket : draft.buckets) {
    if (aggregation.field == FieldId::kSignature) signatures_.Add(bucket.key);
    within.push_back(bucket.key);
    std::span<const Tally* const> rest = tallies;
    for (const Aggregation& inner : aggregation.inner) {
      bucket.inner.push_back(Choose(inner, rest, within));
      rest = rest.subspan(PathsThrough(inner));
    }
    within.pop_back();
  }
  return draft;
}

base::Result<std::vector<std::vector<Facet>>> TalliedFacets::Read(const KeyTexts& texts) {
  std::vector<std::vector<Facet>> all;
  for (std::vector<Draft>& drafts : drafts_) {
    std::vector<Facet>& facets = all.emplace_back();
    for (Draft& draft : drafts) {
      ASSIGN_OR_RETURN(Facet facet, Finish(draft, texts));
      facets.push_back(std::move(facet));
    }
  }
  return all;
}

base::Result<Facet> TalliedFacets::Finish(Draft& draft, const KeyTexts& texts) {
  Facet facet = EmptyFacet(*draft.aggregation);
  std::vector<std::pair<Value, Bucket*>> terms;
  for (Bucket& bucket : draft.buckets) {
    terms.emplace_back(TermOf(*draft.aggregation, query_, bucket.key, texts), &bucket);
  }
  const bool by_count = draft.aggregation->kind == AggregationKind::kTerms;
  std::ranges::sort(terms, [&](const auto& a, const auto& b) {
    if (by_count && a.second->cell.crashes != b.second->cell.crashes)
      return a.second->cell.crashes > b.second->cell.crashes;
    return a.first < b.first;
  });
  if (by_count && terms.size() > query_.facet_size) terms.resize(query_.facet_size);
  terms_ += terms.size();
  if (terms_ > kMaxBuckets)
    return Error{Code::kLimitExceeded, kMaxBuckets, "facets have more terms in all than one answer may"};
  for (auto& [value, bucket] : terms) {
    FacetTerm& term = facet.terms.emplace_back();
    term.term = std::move(value);
    term.count = bucket->cell.crashes;
    if (query_.with_estimates) term.estimate = {bucket->cell.weight, bucket->cell.variance};
    for (Draft& inner : bucket->inner) {
      ASSIGN_OR_RETURN(Facet read, Finish(inner, texts));
      term.facets.push_back(std::move(read));
    }
  }
  return facet;
}

}  // namespace cairn::search
