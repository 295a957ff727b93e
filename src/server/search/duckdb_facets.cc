#include "server/search/duckdb_facets.h"

#include <charconv>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "server/search/duckdb_columns.h"

namespace cairn::search {
namespace {

using base::Code;
using base::Error;

bool IsMeasured(FieldType type) { return !IsText(type) && type != FieldType::kBoolean; }

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
  const auto floor = [&](const char* size_ms, const char* shift_ms) {
    return "(" + x + " - (" + x + " + " + shift_ms + ") % " + size_ms + ")";
  };
  switch (step) {
    case DateStep::kMinute: return floor("60000", "0");
    case DateStep::kHour: return floor("3600000", "0");
    case DateStep::kDay: return floor("86400000", "0");
    case DateStep::kWeek: return floor("604800000", "259200000");  // 1970-01-01 was a Thursday.
    default: return "epoch_ms(date_trunc('month', make_timestamp(" + x + " * 1000)))";
  }
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
// ... of it and of what it is within, n, w, v.
struct Level {
  std::string table;                 // Empty: all crashes.
  std::vector<std::string> buckets;  // The expressions over the source b that the keys are values of.
};

// By the id of the bucket that they are within; 0: all crashes.
using FacetsByParent = std::map<std::int64_t, Facet>;

class FacetReader {
 public:
  FacetReader(DuckConnection& connection, const Query& query, const CrashSelection& selection)
      : connection_(connection), query_(query), selection_(selection) {}

  base::Result<std::vector<Facet>> Read() {
    RETURN_IF_ERROR(PrepareSource());
    std::vector<Facet> facets;
    for (const Aggregation& aggregation : query_.facets) {
      ASSIGN_OR_RETURN(FacetsByParent read, ReadWithin(aggregation, {}));
      facets.push_back(std::move(read[0]));
    }
    return facets;
  }

 private:
  // Several passes go over a table of what they need; one goes over the crashes themselves.
  base::Status PrepareSource() {
    std::size_t passes = 0;
    for (const Aggregation& aggregation : query_.facets) Note(aggregation, passes);
    std::string expressions;
    bool with_signatures = false;
    for (const FieldId field : fields_) {
      const FieldColumn column = ColumnOf(field);
      with_signatures |= column.needs_signatures;
      expressions += (expressions.empty() ? "" : ", ") + column.expression + " AS " + Name(field);
    }
    if (query_.with_estimates) expressions += ", c.weight AS weight";
    source_ = SelectCrashes({expressions, with_signatures}, selection_);
    if (passes < 2) {
      source_.sql = "(" + source_.sql + ")";
      return {};
    }
    ASSIGN_OR_RETURN(const DuckRows done,
                     connection_.Query("CREATE TEMP TABLE found AS " + source_.sql, source_.parameters));
    source_ = {"found", {}};
    return {};
  }

  void Note(const Aggregation& aggregation, std::size_t& passes) {
    ++passes;
    fields_.insert(aggregation.field);
    for (const Aggregation& inner : aggregation.inner) Note(inner, passes);
  }

  static std::string Name(FieldId field) { return "f" + std::to_string(static_cast<int>(field)); }

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
    return HasBuckets(aggregation.kind) ? ReadBuckets(aggregation, within) : ReadMeasure(aggregation, within);
  }

  base::Result<FacetsByParent> ReadMeasure(const Aggregation& aggregation, const Level& within) {
    const std::string x = "b." + Name(aggregation.field);
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

  // Rows (parent, key, n, w, v) of the largest buckets within each parent.
  std::string BucketsSql(const Aggregation& aggregation, const Level& within) const {
    const bool is_histogram = aggregation.kind == AggregationKind::kHistogram;
    const std::string order = is_histogram ? "key" : "n DESC, key";
    const std::string size = std::to_string(is_histogram ? kMaxHistogramBuckets : query_.facet_size);
    const std::string parent = within.table.empty() ? "CAST(0 AS BIGINT)" : "p.id";
    const std::string sums =
        query_.with_estimates ? ", sum(b.weight) AS w, sum(b.weight * (b.weight - 1)) AS v" : "";
    const std::string x = "b." + Name(aggregation.field);
    const std::string groups = "SELECT " + parent + " AS parent, " + BucketOf(aggregation, x) +
                               " AS key, count(*) AS n" + sums + From(within) + " WHERE " + x +
                               " IS NOT NULL GROUP BY 1, 2";
    if (within.table.empty()) return groups + " ORDER BY " + order + " LIMIT " + size;
    return "SELECT * FROM (" + groups + ") QUALIFY row_number() OVER (PARTITION BY parent ORDER BY " + order +
           ") <= " + size + " LIMIT " + std::to_string(kMaxBuckets + 1);
  }

  // A signature is looked up once for each input, and not for each crash.
  Statement SignaturesSql(const Aggregation& aggregation) const {
    const std::string expression = ColumnOf(aggregation.field).expression;
    const std::string sums =
        query_.with_estimates ? ", sum(c.weight) AS w, sum(c.weight * (c.weight - 1)) AS v" : "";
    const std::string all_sums = query_.with_estimates ? ", sum(inputs.w) AS w, sum(inputs.v) AS v" : "";
    Statement statement =
        SelectCrashes({"c.input_id, count(*) AS n" + sums, false, {" GROUP BY c.input_id", {}}}, selection_);
    statement.sql =
        "SELECT CAST(0 AS BIGINT) AS parent, " + expression + " AS key, CAST(sum(inputs.n) AS BIGINT) AS n" +
        all_sums + " FROM (" + statement.sql + ") inputs JOIN " + selection_.dictionary +
        ".signatures s ON s.input_id = inputs.input_id WHERE " + expression +
        " IS NOT NULL GROUP BY key ORDER BY n DESC, key LIMIT " + std::to_string(query_.facet_size);
    return statement;
  }

  base::Result<FacetsByParent> ReadBuckets(const Aggregation& aggregation, const Level& within) {
    Statement buckets{BucketsSql(aggregation, within), source_.parameters};
    const bool by_input = within.table.empty() && aggregation.inner.empty() &&
                          ColumnOf(aggregation.field).needs_signatures &&
                          !selection_.condition.needs_signatures;
    if (by_input) buckets = SignaturesSql(aggregation);
    const bool is_histogram = aggregation.kind == AggregationKind::kHistogram;
    const std::string order = is_histogram ? "g.parent, g.key" : "g.parent, g.n DESC, g.key";
    if (aggregation.inner.empty()) {
      buckets.sql = "SELECT CAST(0 AS BIGINT) AS id, parent, key, n" + SumColumns() + " FROM (" +
                    buckets.sql + ") g ORDER BY " + order;
      ASSIGN_OR_RETURN(DuckRows rows, connection_.Query(buckets.sql, buckets.parameters));
      return ReadTerms(aggregation, within, rows, {});
    }
    ASSIGN_OR_RETURN(const Level level, KeepBuckets(aggregation, within, buckets, order));
    std::vector<FacetsByParent> inner;
    for (const Aggregation& each : aggregation.inner) {
      ASSIGN_OR_RETURN(FacetsByParent read, ReadWithin(each, level));
      inner.push_back(std::move(read));
    }
    ASSIGN_OR_RETURN(DuckRows rows,
                     connection_.Query("SELECT id, parent, k" + std::to_string(within.buckets.size()) +
                                       ", n" + SumColumns() + " FROM " + level.table + " ORDER BY id"));
    return ReadTerms(aggregation, within, rows, inner);
  }

  std::string SumColumns() const { return query_.with_estimates ? ", w, v" : ""; }

  // In a table, with ids from 1 in the order that the answer has.
  base::Result<Level> KeepBuckets(const Aggregation& aggregation, const Level& within,
                                  const Statement& buckets, const std::string& order) {
    Level level{"level_" + std::to_string(levels_++), within.buckets};
    std::string keys;
    for (std::size_t i = 0; i < within.buckets.size(); ++i) keys += "p.k" + std::to_string(i) + ", ";
    std::string sql = "CREATE TEMP TABLE " + level.table + " AS SELECT row_number() OVER (ORDER BY " + order +
                      ") AS id, g.parent, " + keys + "g.key AS k" + std::to_string(within.buckets.size()) +
                      ", g.n" + (query_.with_estimates ? ", g.w, g.v" : "") + " FROM (" + buckets.sql + ") g";
    if (!within.table.empty()) sql += " JOIN " + within.table + " p ON p.id = g.parent";
    ASSIGN_OR_RETURN(const DuckRows done, connection_.Query(sql, buckets.parameters));
    level.buckets.push_back(BucketOf(aggregation, "b." + Name(aggregation.field)));
    return level;
  }

  // Rows are id, parent, key, n, and the sums of an estimate.
  base::Result<FacetsByParent> ReadTerms(const Aggregation& aggregation, const Level& within, DuckRows& rows,
                                         std::span<FacetsByParent> inner) {
    FacetsByParent facets;
    while (rows.Next()) {
      if (++buckets_ > kMaxBuckets)
        return Error{Code::kLimitExceeded, kMaxBuckets, "facets have more terms in all than one answer may"};
      Facet& facet = facets.try_emplace(rows.Integer(1), EmptyFacet(aggregation)).first->second;
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
  std::set<FieldId> fields_;
  Statement source_;
  std::size_t levels_ = 0;
  std::size_t buckets_ = 0;
};

}  // namespace

base::Status CheckAggregations(const Query& query) {
  for (const Aggregation& aggregation : query.facets) RETURN_IF_ERROR(CheckAggregation(aggregation, 1));
  return {};
}

base::Result<std::vector<Facet>> ReadFacets(DuckConnection& connection, const Query& query,
                                            const CrashSelection& selection) {
  if (query.facets.empty()) return std::vector<Facet>();
  return FacetReader(connection, query, selection).Read();
}

}  // namespace cairn::search
