#include "server/search/duckdb_facets.h"

#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "server/search/date_steps.h"
#include "server/search/duckdb_columns.h"
#include "server/search/duckdb_found.h"
#include "server/search/facet_tally.h"

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

// Over the values x of a group.
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

// The buckets of an aggregation, in a table if there are aggregations within: id, parent, the keys k0, k1,
// ... of it and of what it is within, term, n, w, v. Keys are values, but of signatures they are numbers;
// terms are values.
struct Level {
  std::string table;                 // Empty: all crashes.
  std::vector<std::string> buckets;  // The expressions over the source b that the keys are values of.
};

// By the id of the bucket that they are within; 0: all crashes.
using FacetsByParent = std::map<std::int64_t, Facet>;

std::size_t PassesOf(const Aggregation& aggregation) {
  std::size_t passes = 1;
  for (const Aggregation& inner : aggregation.inner) passes += PassesOf(inner);
  return passes;
}

base::Result<SignatureTexts> ReadTexts(DuckConnection& connection, const CrashSelection& selection,
                                       const NumberSet& numbers) {
  SignatureTexts texts;
  if (numbers.IsEmpty()) return texts;
  const DuckDbFunctions::Shared set = selection.functions.Share(numbers);
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection.Query("SELECT number, signature FROM " + selection.dictionary +
                                    ".signature_texts WHERE set_has(" + set.name() + ", number)"));
  while (rows.Next()) texts[rows.Integer(0)] = rows.Text(1);
  return texts;
}

bool IsOfSignatures(const Query& query) {
  return query.facets.size() == 1 && query.facets[0].field == FieldId::kSignature &&
         query.facets[0].kind == AggregationKind::kTerms;
}

class FacetReader {
 public:
  FacetReader(DuckConnection& connection, const Query& query, const CrashSelection& selection)
      : connection_(connection), query_(query), selection_(selection) {}

  base::Result<Counts> Read(bool has_found) {
    if (!has_found && !query_.facets.empty()) {
      ASSIGN_OR_RETURN(std::optional<Counts> tallied, ReadTallied());
      if (!tallied && IsOfSignatures(query_)) {
        ASSIGN_OR_RETURN(tallied, ReadWithinSignatures());
      }
      if (tallied) return *std::move(tallied);
    }
    std::size_t passes = 0;
    for (const Aggregation& aggregation : query_.facets) passes += PassesOf(aggregation);
    if (!has_found && passes == 1 && HasBuckets(query_.facets[0].kind)) return ReadOnly(query_.facets[0]);
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

  // All facets and the total in one pass, if they are of that kind (facet_tally.h) and small enough.
  base::Result<std::optional<Counts>> ReadTallied() {
    const auto paths = TallyPathsOf(query_, selection_.functions.signatures().signatures());
    if (!paths) return std::optional<Counts>();
    const Statement crashes = SelectCrashes(FacetColumns(query_, selection_), selection_);
    std::vector<std::unique_ptr<Tally>> tallies;
    std::vector<DuckDbFunctions::Shared> shared;
    std::string calls;
    for (const TallyPath& path : *paths) {
      tallies.push_back(std::make_unique<Tally>(path.sizes, query_.with_estimates));
      shared.push_back(selection_.functions.Share(*tallies.back()));
      calls += (calls.empty() ? "" : ", ") +
               std::string(query_.with_estimates ? "tally_weighed(" : "tally(") + shared.back().name() +
               (query_.with_estimates ? ", coalesce(b.weight, 0)" : "");
      for (const Aggregation* const aggregation : path.aggregations) {
        calls += ", " + TallyKey(*aggregation, query_, "b." + FacetName(aggregation->field));
      }
      calls += ") AS x" + std::to_string(tallies.size());
    }
    std::string sums;
    for (std::size_t i = 1; i <= tallies.size(); ++i) {
      sums += (i == 1 ? "" : ", ") + ("CAST(sum(x" + std::to_string(i)) + ") AS BIGINT)";
    }
    ASSIGN_OR_RETURN(const DuckRows done, connection_.Query("SELECT " + sums + " FROM (SELECT " + calls +
                                                                " FROM (" + crashes.sql + ") b)",
                                                            crashes.parameters));
    return CountsOfTallies(connection_, query_, selection_, tallies);
  }

  // The only facet is one of signatures: first which of them have a place in the answer, then what is within
  // those, of their crashes alone.
  base::Result<std::optional<Counts>> ReadWithinSignatures() {
    Query outer = query_;
    outer.facets[0].inner.clear();
    ASSIGN_OR_RETURN(std::optional<Counts> counts, FacetReader(connection_, outer, selection_).ReadTallied());
    if (!counts) return counts;
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> numbers, NumbersOf(counts->facets[0]));
    NumberSet chosen;
    for (const std::int64_t number : numbers) chosen.Add(number);
    const DuckDbFunctions::Shared set = selection_.functions.Share(std::move(chosen));
    Statement condition = selection_.condition;
    condition.sql += " AND set_has(" + set.name() + ", " + SignatureNumberOf(selection_) + ")";
    RETURN_IF_ERROR(KeepFound(
        connection_, query_,
        {selection_.dictionary, selection_.parts, condition, selection_.signatures, selection_.functions},
        false));
    source_ = {std::string(kFound), {}};
    const Level level{"level_" + std::to_string(levels_++), {"b." + FacetName(FieldId::kSignature)}};
    ASSIGN_OR_RETURN(const DuckRows done,
                     connection_.QueryWithList("CREATE TEMP TABLE " + level.table +
                                                   " AS SELECT row_number() OVER () AS id, k0 FROM (SELECT "
                                                   "unnest(?::BIGINT[]) AS k0)",
                                               numbers));
    for (const Aggregation& inner : query_.facets[0].inner) {
      ASSIGN_OR_RETURN(FacetsByParent read, ReadWithin(inner, level));
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const auto found = read.find(static_cast<std::int64_t>(i) + 1);
        counts->facets[0].terms[i].facets.push_back(found == read.end() ? EmptyFacet(inner)
                                                                        : std::move(found->second));
      }
    }
    return counts;
  }

  // Of the signatures that are a facet's terms, in their order.
  base::Result<std::vector<std::int64_t>> NumbersOf(const Facet& facet) {
    std::vector<std::string> texts;
    for (const FacetTerm& term : facet.terms) texts.push_back(std::get<std::string>(term.term));
    std::map<std::string, std::int64_t> number_of;
    ASSIGN_OR_RETURN(DuckRows rows,
                     connection_.QueryWithList("SELECT signature, number FROM " + selection_.dictionary +
                                                   ".signature_texts WHERE signature IN (SELECT unnest(?))",
                                               texts));
    while (rows.Next()) number_of[rows.Text(0)] = rows.Integer(1);
    std::vector<std::int64_t> numbers;
    for (const std::string& text : texts) numbers.push_back(number_of[text]);
    return numbers;
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
    for (std::size_t i = 0; i < within.buckets.size(); ++i) {
      from += i == 0 ? " JOIN " + within.table + " p ON " : " AND ";
      from += within.buckets[i] + " = p.k" + std::to_string(i);
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
    std::string measure = MeasureOf(aggregation.kind, x);
    std::size_t values = 1;
    if (aggregation.kind == AggregationKind::kPercentiles) {
      values = kPercentiles.size();
      std::string parts;
      for (std::size_t i = 1; i <= values; ++i) parts += ", q[" + std::to_string(i) + "]";
      measure = "SELECT parent" + parts + " FROM (SELECT " + parent + " AS parent, " + measure + " AS q" +
                From(within) + " GROUP BY 1)";
    } else {
      measure = "SELECT " + parent + " AS parent, " + measure + From(within) + " GROUP BY 1";
    }
    FacetsByParent facets;
    ASSIGN_OR_RETURN(DuckRows rows, connection_.Query(measure, source_.parameters));
    while (rows.Next()) {
      Facet& facet = facets[rows.Integer(0)] = EmptyFacet(aggregation);
      facet.values.clear();
      for (std::size_t i = 1; i <= values; ++i) facet.values.push_back(rows.At(i));
    }
    if (within.table.empty() && facets.empty()) facets[0] = EmptyFacet(aggregation);
    return facets;
  }

  // Rows (parent, key, n, w, v) of all buckets within each parent.
  std::string GroupsSql(const Aggregation& aggregation, const Level& within) const {
    const std::string x = "b." + FacetName(aggregation.field);
    const std::string parent = within.table.empty() ? "CAST(0 AS BIGINT)" : "p.id";
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
    Level level{"level_" + std::to_string(levels_++), within.buckets};
    std::string keys;
    for (std::size_t i = 0; i < within.buckets.size(); ++i) keys += "p.k" + std::to_string(i) + ", ";
    std::string sql = "CREATE TEMP TABLE " + level.table + " AS SELECT row_number() OVER (ORDER BY " + order +
                      ") AS id, g.parent, " + keys + "g.key AS k" + std::to_string(within.buckets.size()) +
                      ", g.term, g.n" + SumColumns("g.") + " FROM (" + buckets.sql + ") g";
    if (!within.table.empty()) sql += " JOIN " + within.table + " p ON p.id = g.parent";
    ASSIGN_OR_RETURN(const DuckRows done, connection_.Query(sql, buckets.parameters));
    level.buckets.push_back(BucketOf(aggregation, "b." + FacetName(aggregation.field)));
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

base::Result<std::optional<Counts>> CountsOfTallies(DuckConnection& connection, const Query& query,
                                                    const CrashSelection& selection,
                                                    std::span<const std::unique_ptr<Tally>> tallies) {
  Counts counts;
  if (tallies.empty()) return std::optional(std::move(counts));
  std::vector<const Tally*> joined;
  for (const std::unique_ptr<Tally>& tally : tallies) {
    if (tally->is_broken()) return std::optional<Counts>();
    tally->Join();
    joined.push_back(tally.get());
  }
  TalliedFacets facets(query, joined);
  ASSIGN_OR_RETURN(const SignatureTexts texts, ReadTexts(connection, selection, facets.signatures()));
  const TallyCell all = joined[0]->SumOf({});
  counts.total = all.crashes;
  if (query.with_estimates) counts.estimate = {all.weight, all.variance};
  ASSIGN_OR_RETURN(counts.facets, facets.Read(texts));
  return std::optional(std::move(counts));
}

base::Result<Counts> CountCrashes(DuckConnection& connection, const Query& query,
                                  const CrashSelection& selection, bool has_found) {
  return FacetReader(connection, query, selection).Read(has_found);
}

}  // namespace cairn::search
