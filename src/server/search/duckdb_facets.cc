#include "server/search/duckdb_facets.h"

#include <charconv>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "server/search/date_steps.h"
#include "server/search/duckdb_columns.h"
#include "server/search/duckdb_found.h"
#include "server/search/duckdb_measures.h"
#include "server/search/duckdb_within.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

base::Status CheckAggregation(const Aggregation& aggregation, std::size_t depth) {
  const Field& field = FieldOf(aggregation.field);
  if (depth > kMaxAggregationDepth) return Error{Code::kLimitExceeded, kMaxAggregationDepth, "nested facets"};
  if (field.use == FieldUse::kCondition ||
      (field.use == FieldUse::kDistinct && aggregation.kind != AggregationKind::kCardinality))
    return Error{Code::kBadValue, 0, "this field cannot be counted so"};
  if (field.type == FieldType::kNames && aggregation.kind != AggregationKind::kTerms)
    return Error{Code::kBadValue, 0, "of several names only terms are counted"};
  const bool needs_number =
      aggregation.kind != AggregationKind::kTerms && aggregation.kind != AggregationKind::kCardinality;
  if (needs_number && !IsMeasured(field.type))
    return Error{Code::kBadValue, 0, "only dates and numbers have a histogram, an average and the like"};
  if (aggregation.kind == AggregationKind::kHistogram && !(aggregation.interval > 0))
    return Error{Code::kBadValue, 0, "the interval of a histogram is above 0"};
  if (!HasBuckets(aggregation.kind) && !aggregation.inner.empty())
    return Error{Code::kBadValue, 0, "only terms and histograms have facets within"};
  for (const Aggregation& inner : aggregation.inner) RETURN_IF_ERROR(CheckAggregation(inner, depth + 1));
  return {};
}

std::string NumberText(double number) {
  char text[64];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  return {text, end};
}

std::string DateBegin(const std::string& x, DateStep step) {
  const std::optional<DateIntervals> intervals = IntervalsOf(step);
  if (!intervals) return "epoch_ms(date_trunc('month', make_timestamp(" + x + " * 1000)))";
  return "(" + x + " - (" + x + " + " + std::to_string(intervals->shift_ms) + ") % " +
         std::to_string(intervals->length_ms) + ")";
}

// In which bucket a value is.
std::string BucketOf(const Aggregation& aggregation, const std::string& x) {
  if (aggregation.kind != AggregationKind::kHistogram) return x;
  if (FieldOf(aggregation.field).type == FieldType::kDate) return DateBegin(x, aggregation.date_step);
  const std::string interval = "CAST(" + NumberText(aggregation.interval) + " AS DOUBLE)";
  return "(floor(" + x + " / " + interval + ") * " + interval + ")";
}

bool IsOfNames(const Aggregation& aggregation) {
  return FieldOf(aggregation.field).type == FieldType::kNames;
}

// Whether a row of the source b is in the bucket with this key.
std::string PlaceIn(const Aggregation& aggregation, const std::string& key) {
  const std::string x = "b." + FacetName(aggregation.field);
  if (IsOfNames(aggregation)) return "contains(" + x + ", concat(chr(10), " + key + ", chr(10)))";
  return BucketOf(aggregation, x) + " = " + key;
}

// The buckets of an aggregation, in a table if there are aggregations within: id, parent, the keys k0, k1,
// ... of it and of what it is within, term, n, w, v. Keys are values, but of signatures they are numbers;
// terms are values.
struct Level {
  std::string table;                // Empty: all crashes.
  std::vector<std::string> places;  // Conditions: whether a row of the source b is in the bucket p.
};

// By the id of the bucket that they are within; 0: all crashes.
using FacetsByParent = std::map<std::int64_t, Facet>;

std::size_t PassesOf(const Aggregation& aggregation) {
  std::size_t passes = 1;
  for (const Aggregation& inner : aggregation.inner) passes += PassesOf(inner);
  return passes;
}

class FacetReader {
 public:
  FacetReader(DuckConnection& connection, const Query& query, const CrashSelection& selection)
      : connection_(connection), query_(query), selection_(selection) {}

  base::Result<Counts> Read(bool has_found) {
    std::size_t passes = 0;
    for (const Aggregation& aggregation : query_.facets) passes += PassesOf(aggregation);
    if (!has_found && passes == 1 && HasBuckets(query_.facets[0].kind) && !IsOfNames(query_.facets[0]))
      return ReadOnly(query_.facets[0]);
    // Several passes go over a table of what they need; one goes over the crashes themselves.
    if (!has_found && passes > 1) {
      RETURN_IF_ERROR(KeepFound(connection_, query_, selection_, false));
      has_found = true;
    }
    source_ = {std::string(kFound), {}};
    if (!has_found && passes > 0) {
      source_ = SelectCrashes(FacetColumns(query_, selection_), selection_);
      source_.sql = "(" + source_.sql + ")";
    }
    Counts counts;
    RETURN_IF_ERROR(ReadTotal(has_found ? Statement{"SELECT count(*)" + Sums("") + " FROM " + kFound, {}}
                                        : TotalStatement(query_, selection_),
                              counts));
    for (const Aggregation& aggregation : query_.facets) {
      ASSIGN_OR_RETURN(FacetsByParent read, ReadWithin(aggregation, {}));
      counts.facets.push_back(std::move(read[0]));
    }
    return counts;
  }

 private:
  // The sums that estimates are made of, over the weights of `source` ("b." or nothing).
  std::string Sums(const std::string& source) const {
    if (!query_.with_estimates) return "";
    const std::string weight = source + "weight";
    return ", coalesce(sum(" + weight + "), 0) AS w, coalesce(sum(" + weight + " * (" + weight +
           " - 1)), 0) AS v";
  }

  std::string SumColumns(const std::string& source) const {
    return query_.with_estimates ? ", " + source + "w, " + source + "v" : "";
  }

  base::Status ReadTotal(const Statement& statement, Counts& counts) {
    ASSIGN_OR_RETURN(DuckRows rows, connection_.Query(statement.sql, statement.parameters));
    if (!rows.Next()) return {};
    counts.total = static_cast<std::uint64_t>(rows.Integer(0));
    if (query_.with_estimates) counts.estimate = {rows.Number(1), rows.Number(2)};
    return {};
  }

  // The only facet, without others within, and the total: the crashes are read once. What the dictionary has
  // of an input is looked up once for each input, and not for each crash.
  base::Result<Counts> ReadOnly(const Aggregation& aggregation) {
    const FieldColumn column = ColumnOf(aggregation.field);
    const bool by_input = column.needs_signatures && aggregation.field != FieldId::kSignature;
    CrashExpressions keys = FacetColumns(query_, selection_);
    const std::string weight = query_.with_estimates ? ", c.weight AS weight" : "";
    if (by_input) keys = {"c.input_number AS " + FacetName(aggregation.field) + weight};
    const Statement crashes = SelectCrashes(keys, selection_);
    const std::string x = "b." + FacetName(aggregation.field);
    ASSIGN_OR_RETURN(const DuckRows done, connection_.Query("CREATE TEMP TABLE counted AS SELECT " +
                                                                (by_input ? x : BucketOf(aggregation, x)) +
                                                                " AS key, count(*) AS n" + Sums("b.") +
                                                                " FROM (" + crashes.sql + ") b GROUP BY 1",
                                                            crashes.parameters));
    Counts counts;
    const std::string sums = query_.with_estimates ? ", sum(w) AS w, sum(v) AS v" : "";
    RETURN_IF_ERROR(ReadTotal({"SELECT CAST(sum(n) AS BIGINT) AS n" + sums + " FROM counted", {}}, counts));
    std::string groups =
        "SELECT CAST(0 AS BIGINT) AS parent, key, n" + SumColumns("") + " FROM counted WHERE key IS NOT NULL";
    if (by_input) {
      groups = "SELECT CAST(0 AS BIGINT) AS parent, " + column.expression +
               " AS key, CAST(sum(n) AS BIGINT) AS n" + sums + " FROM counted JOIN " + selection_.dictionary +
               ".signatures s ON s.input_number = counted.key WHERE " + column.expression +
               " IS NOT NULL GROUP BY 2";
    }
    ASSIGN_OR_RETURN(FacetsByParent facets, ReadGroups(aggregation, {}, {groups, {}}));
    counts.facets.push_back(std::move(facets[0]));
    return counts;
  }

  // " FROM the source b JOIN the buckets p that it is within", by their keys.
  std::string From(const Level& within) const {
    std::string from = " FROM " + source_.sql + " b";
    for (std::size_t i = 0; i < within.places.size(); ++i) {
      from += (i == 0 ? " JOIN " + within.table + " p ON " : " AND ") + within.places[i];
    }
    return from;
  }

  base::Result<FacetsByParent> ReadWithin(const Aggregation& aggregation, const Level& within) {
    if (!HasBuckets(aggregation.kind)) return ReadMeasure(aggregation, within);
    return ReadGroups(aggregation, within, {GroupsSql(aggregation, within), source_.parameters});
  }

  base::Result<FacetsByParent> ReadMeasure(const Aggregation& aggregation, const Level& within) {
    const std::string x = "b." + FacetName(aggregation.field);
    const std::string parent = within.table.empty() ? "CAST(0 AS BIGINT)" : "p.id";
    const Measure measure(aggregation, x, "m");
    FacetsByParent facets;
    ASSIGN_OR_RETURN(DuckRows rows,
                     connection_.Query("SELECT parent, " + measure.values() + " FROM (SELECT " + parent +
                                           " AS parent, " + measure.column() + From(within) + " GROUP BY 1)",
                                       source_.parameters));
    while (rows.Next()) {
      std::size_t column = 1;
      facets[rows.Integer(0)] = measure.Read(rows, column);
    }
    if (within.table.empty() && facets.empty()) facets[0] = EmptyFacet(aggregation);
    return facets;
  }

  // Rows (parent, key, n, w, v) of all buckets within each parent.
  std::string GroupsSql(const Aggregation& aggregation, const Level& within) const {
    const std::string x = "b." + FacetName(aggregation.field);
    const std::string parent = within.table.empty() ? "CAST(0 AS BIGINT)" : "p.id";
    if (IsOfNames(aggregation)) {
      const std::string weight = query_.with_estimates ? ", b.weight AS weight" : "";
      return "SELECT parent, key, count(*) AS n" + Sums("") + " FROM (SELECT " + parent +
             " AS parent, unnest(list_distinct(" + NamesOf(x) + ")) AS key" + weight + From(within) +
             ") GROUP BY 1, 2";
    }
    return "SELECT " + parent + " AS parent, " + BucketOf(aggregation, x) + " AS key, count(*) AS n" +
           Sums("b.") + From(within) + " WHERE " + x + " IS NOT NULL GROUP BY 1, 2";
  }

  // Of such rows those of the largest buckets within each parent, with their terms; without `only_largest`
  // all of a parent, whose order tells which are the largest.
  std::string LargestSql(const Aggregation& aggregation, const Level& within, const std::string& groups,
                         bool only_largest) const {
    const bool is_histogram = aggregation.kind == AggregationKind::kHistogram;
    const std::string size = std::to_string(SizeOf(aggregation));
    const std::string order = is_histogram ? "key" : "n DESC, term";
    std::string rows = "SELECT *, key AS term FROM (" + groups + ")";
    if (aggregation.field == FieldId::kSignature) {
      rows = "SELECT g.*, t.signature AS term FROM (" + groups + ") g JOIN " + selection_.dictionary +
             ".signature_texts t ON t.number = g.key";
    }
    if (within.table.empty()) return rows + " ORDER BY " + order + " LIMIT " + size;
    if (!only_largest) return rows;
    return "SELECT * FROM (" + rows + ") QUALIFY row_number() OVER (PARTITION BY parent ORDER BY " + order +
           ") <= " + size + " LIMIT " + std::to_string(kMaxBuckets + 1);
  }

  std::size_t SizeOf(const Aggregation& aggregation) const {
    return aggregation.kind == AggregationKind::kHistogram ? kMaxHistogramBuckets : query_.facet_size;
  }

  base::Result<FacetsByParent> ReadGroups(const Aggregation& aggregation, const Level& within,
                                          Statement groups) {
    const bool is_innermost = aggregation.inner.empty();
    groups.sql = LargestSql(aggregation, within, groups.sql, !is_innermost);
    const bool is_histogram = aggregation.kind == AggregationKind::kHistogram;
    const std::string order = is_histogram ? "g.parent, g.key" : "g.parent, g.n DESC, g.term";
    if (is_innermost) {
      groups.sql = "SELECT CAST(0 AS BIGINT) AS id, parent, term, n" + SumColumns("") + " FROM (" +
                   groups.sql + ") g ORDER BY " + order;
      ASSIGN_OR_RETURN(DuckRows rows, connection_.Query(groups.sql, groups.parameters));
      return ReadTerms(aggregation, within, rows, {});
    }
    ASSIGN_OR_RETURN(const Level level, KeepBuckets(aggregation, within, groups, order));
    std::vector<FacetsByParent> inner;
    for (const Aggregation& each : aggregation.inner) {
      ASSIGN_OR_RETURN(FacetsByParent read, ReadWithin(each, level));
      inner.push_back(std::move(read));
    }
    ASSIGN_OR_RETURN(DuckRows rows, connection_.Query("SELECT id, parent, term, n" + SumColumns("") +
                                                      " FROM " + level.table + " ORDER BY id"));
    return ReadTerms(aggregation, within, rows, inner);
  }

  // In a table, with ids from 1 in the order that the answer has.
  base::Result<Level> KeepBuckets(const Aggregation& aggregation, const Level& within,
                                  const Statement& buckets, const std::string& order) {
    Level level{"level_" + std::to_string(levels_++), within.places};
    std::string keys;
    for (std::size_t i = 0; i < within.places.size(); ++i) keys += "p.k" + std::to_string(i) + ", ";
    std::string sql = "CREATE TEMP TABLE " + level.table + " AS SELECT row_number() OVER (ORDER BY " + order +
                      ") AS id, g.parent, " + keys + "g.key AS k" + std::to_string(within.places.size()) +
                      ", g.term, g.n" + SumColumns("g.") + " FROM (" + buckets.sql + ") g";
    if (!within.table.empty()) sql += " JOIN " + within.table + " p ON p.id = g.parent";
    ASSIGN_OR_RETURN(const DuckRows done, connection_.Query(sql, buckets.parameters));
    level.places.push_back(PlaceIn(aggregation, "p.k" + std::to_string(within.places.size())));
    return level;
  }

  // Rows are id, parent, term, n, and the sums of an estimate, the largest terms of a parent first.
  base::Result<FacetsByParent> ReadTerms(const Aggregation& aggregation, const Level& within, DuckRows& rows,
                                         std::span<FacetsByParent> inner) {
    FacetsByParent facets;
    while (rows.Next()) {
      Facet& facet = facets.try_emplace(rows.Integer(1), EmptyFacet(aggregation)).first->second;
      if (facet.terms.size() >= SizeOf(aggregation)) continue;
      if (++buckets_ > kMaxBuckets)
        return Error{Code::kLimitExceeded, kMaxBuckets, "facets have more terms in all than one answer may"};
      FacetTerm& term = facet.terms.emplace_back();
      term.term = rows.At(2);
      term.count = static_cast<std::uint64_t>(rows.Integer(3));
      if (query_.with_estimates) term.estimate = {rows.Number(4), rows.Number(5)};
      for (std::size_t i = 0; i < inner.size(); ++i) {
        const auto found = inner[i].find(rows.Integer(0));
        term.facets.push_back(found == inner[i].end() ? EmptyFacet(aggregation.inner[i])
                                                      : std::move(found->second));
      }
    }
    if (within.table.empty() && facets.empty()) facets[0] = EmptyFacet(aggregation);
    return facets;
  }

  DuckConnection& connection_;
  const Query& query_;
  const CrashSelection& selection_;
  Statement source_;
  std::size_t levels_ = 0;
  std::size_t buckets_ = 0;
};

}  // namespace

base::Status CheckAggregations(const Query& query) {
  for (const Aggregation& aggregation : query.facets) RETURN_IF_ERROR(CheckAggregation(aggregation, 1));
  return {};
}

base::Result<Counts> CountCrashes(DuckConnection& connection, const Query& query,
                                  const CrashSelection& selection, bool has_found) {
  if (!has_found) {
    ASSIGN_OR_RETURN(std::optional<Counts> counts, CountByTallies(connection, query, selection));
    if (!counts) {
      ASSIGN_OR_RETURN(counts, CountWithinSignatures(connection, query, selection));
    }
    if (counts) return *std::move(counts);
  }
  return FacetReader(connection, query, selection).Read(has_found);
}

}  // namespace cairn::search
