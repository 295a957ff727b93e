// Query is a search as a tree of values. Each engine turns it into its own language; no text of a query
// language is shared, and no value from a caller ever becomes part of one.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/search/crash_row.h"
#include "server/search/deadline.h"
#include "server/search/field.h"
#include "server/search/stack_query.h"
#include "server/search/value.h"

namespace cairn::search {

enum class Operator : std::uint8_t {
  kMatches,  // The field type's own meaning of a bare value (FieldType).
  kEquals,
  kContains,
  kStartsWith,
  kEndsWith,
  kRegex,     // RE2, over the whole value.
  kIsAbsent,  // No operand.
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
};

// "The field is ..."; an absent value passes only kIsAbsent.
struct Test {
  Operator op = Operator::kEquals;
  Value operand;
};

enum class Combine : std::uint8_t { kAnyOf, kAllOf, kNoneOf };

struct Clause {
  FieldId field = FieldId::kUuid;
  Combine combine = Combine::kAnyOf;
  std::vector<Test> tests;  // Not empty.
};

struct Sort {
  FieldId field = FieldId::kDate;
  bool descending = true;
};

// Half-open, in Unix milliseconds. Every query has one: it chooses the files to read.
struct DateWindow {
  std::int64_t from_ms = 0;
  std::int64_t to_ms = 0;
};

// What is made of the crashes that a search finds.
enum class AggregationKind : std::uint8_t {
  kTerms,        // How many crashes have each value.
  kHistogram,    // How many fall into each interval of a date or number, in order; empty ones are left out.
  kCardinality,  // How many distinct values there are. Exact.
  kMinimum,      // This and the following of dates and numbers.
  kMaximum,
  kAverage,
  kSum,
  kPercentiles,  // Those of kPercentiles, between two values in proportion.
};

constexpr bool HasBuckets(AggregationKind kind) {
  return kind == AggregationKind::kTerms || kind == AggregationKind::kHistogram;
}

inline constexpr std::array<int, 7> kPercentiles = {1, 5, 25, 50, 75, 95, 99};

// Of a histogram of dates, in UTC; weeks begin on Monday.
enum class DateStep : std::uint8_t { kMinute, kHour, kDay, kWeek, kMonth };

struct Aggregation {
  FieldId field = FieldId::kSignature;
  AggregationKind kind = AggregationKind::kTerms;
  DateStep date_step = DateStep::kDay;  // Of a histogram of dates.
  double interval = 1;                  // Of a histogram of numbers; above 0.
  std::vector<Aggregation> inner;       // Within each bucket, if it has buckets.

  friend bool operator==(const Aggregation&, const Aggregation&) = default;
};

inline constexpr std::size_t kMaxAggregationDepth = 6;
inline constexpr std::uint32_t kMaxHistogramBuckets = 10'000;  // The first ones.
inline constexpr std::size_t kMaxBuckets = 200'000;            // Of all facets: an answer of some 20 MB.

// The place of a hit in the order of a query: the values of its sort fields, then its date, id and kind.
struct HitPosition {
  std::vector<Value> sort_values;  // As long as Query::sort; of the fields' own types.
  std::int64_t date_ms = 0;
  std::string uuid;
  CrashKind kind = CrashKind::kReport;

  friend bool operator==(const HitPosition&, const HitPosition&) = default;
};

struct Query {
  DateWindow window;
  std::vector<CrashKind> kinds;     // What the caller may see; empty finds nothing.
  std::vector<Clause> clauses;      // All must hold.
  std::vector<StackClause> stacks;  // Likewise.
  std::vector<FieldId> columns;
  std::vector<Sort> sort;  // Ties, and an empty list, are newest first, then by uuid, reports before pings.
  std::uint32_t hits_max = 100;  // 0: none.
  std::uint32_t hits_offset = 0;
  std::optional<HitPosition> after;  // Hits behind this one only; total and facets are of all.
  std::vector<Aggregation> facets;
  // Buckets of each of terms, the most frequent first, equal counts in the terms' byte order.
  std::uint32_t facet_size = 50;
  bool with_estimates = false;  // Else those of the result are zero.
  // Else hits alone are looked for: no total, no facets. For the pages behind the first.
  bool with_total = true;
  Deadline deadline = {};  // Past it the answer is Deadline::Trouble.
};

// How many crashes happened, as far as those that were kept tell: each stands for `weight` (CrashRow).
struct Estimate {
  double count = 0;
  double variance = 0;  // Of the count, each crash having been kept or not by itself: the sum of w(w-1).

  friend bool operator==(const Estimate&, const Estimate&) = default;
};

struct FacetTerm;

// What an Aggregation gave; see EmptyFacet.
struct Facet {
  Aggregation aggregation;  // Without the inner ones.
  std::vector<FacetTerm> terms;
  // Of one that has no buckets: one value, absent if no crash has the field; of percentiles seven.
  std::vector<Value> values;
};

struct FacetTerm {
  Value
      term;  // Never absent: crashes without the field are in no bucket. Of a histogram the interval's begin.
  std::uint64_t count = 0;
  Estimate estimate;
  std::vector<Facet> facets;  // In the order of Aggregation::inner.
};

// What an aggregation gives where no crash has the field.
Facet EmptyFacet(const Aggregation& aggregation);

struct SearchResult {
  std::uint64_t total = 0;
  Estimate estimate;
  std::vector<std::vector<Value>> hits;  // Each as long as Query::columns, in that order.
  std::optional<HitPosition> next;       // The last hit's, if there are more.
  std::vector<Facet> facets;             // In the order of Query::facets.
};

}  // namespace cairn::search
