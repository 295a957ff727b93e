#include "server/search/duckdb_within.h"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/search/duckdb_found.h"
#include "server/search/duckdb_measures.h"

namespace cairn::search {
namespace {

bool IsOfSignatures(const Query& query) {
  return query.facets.size() == 1 && query.facets[0].field == FieldId::kSignature &&
         query.facets[0].kind == AggregationKind::kTerms && !query.facets[0].inner.empty();
}

// The numbers of the signatures that are a facet's terms, in their order.
base::Result<std::vector<std::int64_t>> NumbersOf(DuckConnection& connection, const std::string& dictionary,
                                                  const Facet& facet) {
  std::vector<std::string> texts;
  for (const FacetTerm& term : facet.terms) texts.push_back(std::get<std::string>(term.term));
  std::map<std::string, std::int64_t> number_of;
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection.QueryWithList("SELECT signature, number FROM " + dictionary +
                                                ".signature_texts WHERE signature IN (SELECT unnest(?))",
                                            texts));
  while (rows.Next()) number_of[rows.Text(0)] = rows.Integer(1);
  std::vector<std::int64_t> numbers;
  for (const std::string& text : texts) numbers.push_back(number_of[text]);
  return numbers;
}

// What is asked within each signature: facets with buckets, which tallies count, and measures, which SQL
// does.
struct Inner {
  Query with_buckets;
  std::vector<Measure> measures;
};

Inner InnerOf(const Query& query) {
  Inner inner{query, {}};
  inner.with_buckets.facets.clear();
  for (const Aggregation& aggregation : query.facets[0].inner) {
    if (HasBuckets(aggregation.kind)) {
      inner.with_buckets.facets.push_back(aggregation);
    } else {
      inner.measures.emplace_back(aggregation, "b." + FacetName(aggregation.field),
                                  "m" + std::to_string(inner.measures.size()));
    }
  }
  return inner;
}

// The one statement over the crashes of the signatures, rows of which are (place, the measures' values, ...).
Statement WithinStatement(const Query& query, const Inner& inner, const CrashSelection& selection,
                          const std::string& place, const FacetTallies* tallies) {
  CrashExpressions columns = FacetColumns(query, selection);
  columns.expressions += ", " + place + " AS place";
  columns.behind.sql = " AND " + place + " IS NOT NULL";
  Statement statement = SelectCrashes(columns, selection);
  std::string values;
  std::string measures;
  for (const Measure& measure : inner.measures) {
    values += ", " + measure.values();
    measures += ", " + measure.column();
  }
  if (tallies != nullptr) {
    measures += ", " + tallies->SumOfCalls() + " AS calls";
    values += ", calls";
  }
  statement.sql = "SELECT place" + values + " FROM (SELECT place" + measures + " FROM (SELECT b.*" +
                  (tallies == nullptr ? "" : ", " + tallies->Calls()) + " FROM (" + statement.sql +
                  ") b) b GROUP BY place)";
  return statement;
}

// Runs the statement: the measures' values in each place.
base::Result<std::vector<std::vector<Facet>>> ReadMeasures(DuckConnection& connection,
                                                           const Statement& statement,
                                                           std::span<const Measure> measures,
                                                           std::size_t places) {
  std::vector<Facet> nothing;
  for (const Measure& measure : measures) nothing.push_back(measure.Nothing());
  std::vector<std::vector<Facet>> measured(places, nothing);
  ASSIGN_OR_RETURN(DuckRows rows, connection.Query(statement.sql, statement.parameters));
  while (rows.Next()) {
    std::vector<Facet>& facets = measured[static_cast<std::size_t>(rows.Integer(0))];
    std::size_t column = 1;
    for (std::size_t i = 0; i < measures.size(); ++i) facets[i] = measures[i].Read(rows, column);
  }
  return measured;
}

}  // namespace

base::Result<std::optional<Counts>> CountWithinSignatures(DuckConnection& connection, const Query& query,
                                                          const CrashSelection& selection) {
  if (!IsOfSignatures(query)) return std::optional<Counts>();
  Query outer = query;
  outer.facets[0].inner.clear();
  ASSIGN_OR_RETURN(std::optional<Counts> counts, CountByTallies(connection, outer, selection));
  if (!counts || counts->facets[0].terms.empty()) return counts;
  std::vector<FacetTerm>& terms = counts->facets[0].terms;
  const Inner inner = InnerOf(query);
  std::unique_ptr<FacetTallies> tallies;
  if (!inner.with_buckets.facets.empty()) {
    tallies = FacetTallies::Create(inner.with_buckets, selection, terms.size());
    if (!tallies) return std::optional<Counts>();
  }
  ASSIGN_OR_RETURN(const std::vector<std::int64_t> numbers,
                   NumbersOf(connection, selection.dictionary, counts->facets[0]));
  const DuckDbFunctions::Shared places = selection.functions.Share(NumberPlaces(numbers));
  const std::string place = "place_of(" + places.name() + ", " + SignatureNumberOf(selection) + ")";
  const Statement statement = WithinStatement(query, inner, selection, place, tallies.get());
  ASSIGN_OR_RETURN(std::vector<std::vector<Facet>> measured,
                   ReadMeasures(connection, statement, inner.measures, terms.size()));
  std::vector<std::vector<Facet>> with_buckets(terms.size());
  if (tallies) {
    ASSIGN_OR_RETURN(auto read, tallies->Read(connection));
    if (!read) return std::optional<Counts>();
    with_buckets = *std::move(read);
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    auto next_with_buckets = with_buckets[i].begin();
    auto next_measured = measured[i].begin();
    for (const Aggregation& aggregation : query.facets[0].inner) {
      terms[i].facets.push_back(
          std::move(HasBuckets(aggregation.kind) ? *next_with_buckets++ : *next_measured++));
    }
  }
  return counts;
}

}  // namespace cairn::search
