#include "server/search/duckdb_tallies.h"

#include <utility>

#include "server/search/duckdb_found.h"

namespace cairn::search {

std::unique_ptr<FacetTallies> FacetTallies::Create(const Query& query, const CrashSelection& selection,
                                                   std::size_t places) {
  std::optional<TallyPaths> paths =
      TallyPathsOf(query, selection.functions.signatures().signatures(), places);
  if (!paths) return nullptr;
  return std::unique_ptr<FacetTallies>(new FacetTallies(query, selection, *std::move(paths), places));
}

FacetTallies::FacetTallies(const Query& query, const CrashSelection& selection, TallyPaths paths,
                           std::size_t places)
    : query_(query), selection_(selection), paths_(std::move(paths.paths)), places_(places) {
  for (const FieldId field : FacetFields(query)) {
    if (!HasTextKeys(field)) continue;
    TextNumbers& texts = *(texts_[field] = std::make_unique<TextNumbers>(paths.texts_max));
    shared_texts_.emplace(field, selection.functions.Share(texts));
  }
  for (const TallyPath& path : paths_) {
    tallies_.emplace_back(path.sizes, query.with_estimates);
    shared_tallies_.push_back(selection.functions.Share(tallies_.back()));
  }
}

std::string FacetTallies::KeyOf(const Aggregation& aggregation) const {
  std::string x = "b." + FacetName(aggregation.field);
  const auto texts = shared_texts_.find(aggregation.field);
  if (texts != shared_texts_.end()) x = "text_number(" + texts->second.name() + ", " + x + ")";
  return TallyKey(aggregation, query_, x);
}

std::vector<std::string> FacetTallies::KeysOf(const TallyPath& path) const {
  std::vector<std::string> keys;
  if (places_ > 0) keys.push_back("b.place");
  for (const Aggregation* const aggregation : path.aggregations) keys.push_back(KeyOf(*aggregation));
  return keys;
}

std::string FacetTallies::Calls() const {
  std::string calls;
  for (std::size_t i = 0; i < paths_.size(); ++i) {
    calls += std::string(i == 0 ? "" : ", ") + (query_.with_estimates ? "tally_weighed(" : "tally(") +
             shared_tallies_[i].name() + (query_.with_estimates ? ", coalesce(b.weight, 0)" : "");
    for (const std::string& key : KeysOf(paths_[i])) calls += ", " + key;
    calls += ") AS x" + std::to_string(i + 1);
  }
  return calls;
}

std::string FacetTallies::SumOfCalls() const {
  std::string calls;
  for (std::size_t i = 1; i <= paths_.size(); ++i) calls += (i == 1 ? "x" : " + x") + std::to_string(i);
  return "CAST(sum(" + calls + ") AS BIGINT)";
}

base::Result<std::map<std::int64_t, std::string>> FacetTallies::ReadSignatures(
    DuckConnection& connection, const NumberSet& numbers) const {
  std::map<std::int64_t, std::string> signatures;
  if (numbers.IsEmpty()) return signatures;
  const DuckDbFunctions::Shared set = selection_.functions.Share(numbers);
  ASSIGN_OR_RETURN(DuckRows rows,
                   connection.Query("SELECT number, signature FROM " + selection_.dictionary +
                                    ".signature_texts WHERE set_has(" + set.name() + ", number)"));
  while (rows.Next()) signatures[rows.Integer(0)] = rows.Text(1);
  return signatures;
}

base::Result<std::optional<std::vector<std::vector<Facet>>>> FacetTallies::Read(DuckConnection& connection) {
  using Facets = std::vector<std::vector<Facet>>;
  std::vector<const Tally*> joined;
  for (Tally& tally : tallies_) {
    if (tally.is_broken()) return std::optional<Facets>();
    tally.Join();
    joined.push_back(&tally);
  }
  TalliedFacets tallied(query_, joined, places_);
  KeyTexts texts;
  ASSIGN_OR_RETURN(texts.signatures, ReadSignatures(connection, tallied.signatures()));
  for (const auto& [field, numbers] : texts_) texts.fields[field] = numbers.get();
  ASSIGN_OR_RETURN(Facets facets, tallied.Read(texts));
  return std::optional(std::move(facets));
}

base::Result<std::optional<Counts>> CountByTallies(DuckConnection& connection, const Query& query,
                                                   const CrashSelection& selection) {
  std::unique_ptr<FacetTallies> tallies;
  if (!query.facets.empty()) tallies = FacetTallies::Create(query, selection, 0);
  if (!tallies) return std::optional<Counts>();
  const Statement crashes = SelectCrashes(FacetColumns(query, selection), selection);
  ASSIGN_OR_RETURN(const DuckRows done,
                   connection.Query("SELECT " + tallies->SumOfCalls() + " FROM (SELECT " + tallies->Calls() +
                                        " FROM (" + crashes.sql + ") b)",
                                    crashes.parameters));
  ASSIGN_OR_RETURN(auto facets, tallies->Read(connection));
  if (!facets) return std::optional<Counts>();
  const TallyCell all = tallies->Sum();
  Counts counts{all.crashes, {}, std::move(facets->front())};
  if (query.with_estimates) counts.estimate = {all.weight, all.variance};
  return std::optional(std::move(counts));
}

}  // namespace cairn::search
