#include "server/api/correlations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "analysis/stats/proportions.h"
#include "base/json_writer.h"
#include "server/api/search_answer.h"
#include "server/api/search_request.h"

namespace cairn::api {
namespace {

using search::Field;
using search::FieldId;
using search::FieldType;
using search::Query;
using search::SearchResult;
using search::Value;

constexpr std::uint32_t kTermsOfField = 200;
constexpr std::string_view kModuleField = "module_in_stack";

// Those that say what a crash is, or tell every crash from every other, explain nothing.
bool IsCompared(const Field& field) {
  if (field.use != search::FieldUse::kEverything || field.is_protected) return false;
  if (field.id >= FieldId::kFirstOfRegistry)
    return field.type == FieldType::kKeyword || field.type == FieldType::kBoolean ||
           field.type == FieldType::kNames;
  constexpr std::array kOwn = {FieldId::kProduct,     FieldId::kVersion,  FieldId::kReleaseChannel,
                               FieldId::kProcessType, FieldId::kPlatform, FieldId::kPlatformVersion,
                               FieldId::kCpuArch,     FieldId::kReason,   FieldId::kAddress,
                               FieldId::kKind,        FieldId::kBuildId};
  return std::ranges::find(kOwn, field.id) != kOwn.end();
}

struct Candidate {
  FieldId field = FieldId::kKind;
  bool is_module = false;
  Value term;
  stats::Share group;
  stats::Share others;
  stats::Difference difference;
};

using Key = std::pair<FieldId, Value>;

std::map<Key, std::uint64_t> CountsOf(const SearchResult& result) {
  std::map<Key, std::uint64_t> counts;
  for (const search::Facet& facet : result.facets) {
    for (const search::FacetTerm& term : facet.terms)
      counts[{facet.aggregation.field, term.term}] = term.count;
  }
  return counts;
}

void AddCandidate(Candidate candidate, std::vector<Candidate>& candidates) {
  if (candidate.group.count < kCorrelationCountMin && candidate.others.count < kCorrelationCountMin) return;
  candidate.difference = stats::Compare(candidate.group, candidate.others);
  candidates.push_back(std::move(candidate));
}

// The others are those of the whole search less the group.
base::Result<std::vector<Candidate>> Compare(const search::CrashIndex& index, const Query& all,
                                             const Query& group, SearchResult& in_all,
                                             SearchResult& in_group) {
  ASSIGN_OR_RETURN(in_all, index.Search(all));
  ASSIGN_OR_RETURN(in_group, index.Search(group));
  const std::uint64_t others = in_all.total - std::min(in_all.total, in_group.total);
  std::vector<Candidate> candidates;
  const std::map<Key, std::uint64_t> counts = CountsOf(in_all);
  std::map<Key, std::uint64_t> group_counts = CountsOf(in_group);
  for (const auto& [key, count] : counts) {
    const std::uint64_t of_group = std::min(group_counts[key], count);
    AddCandidate({key.first, false, key.second, {of_group, in_group.total}, {count - of_group, others}, {}},
                 candidates);
  }
  ASSIGN_OR_RETURN(const std::vector<search::ModuleCount> modules, index.CountModules(all));
  ASSIGN_OR_RETURN(const std::vector<search::ModuleCount> group_modules, index.CountModules(group));
  std::map<std::string, std::uint64_t> of_module;
  for (const search::ModuleCount& each : group_modules) of_module[each.module] = each.count;
  for (const search::ModuleCount& each : modules) {
    const std::uint64_t of_group = std::min(of_module[each.module], each.count);
    AddCandidate(
        {FieldId::kKind, true, each.module, {of_group, in_group.total}, {each.count - of_group, others}, {}},
        candidates);
  }
  return candidates;
}

// Those that are no chance and not small, the surest first.
void KeepSignificant(std::vector<Candidate>& candidates) {
  std::vector<double> p_values;
  for (const Candidate& candidate : candidates) p_values.push_back(candidate.difference.p_value);
  const double significant = stats::SignificantP(p_values, kCorrelationFalseShare);
  std::erase_if(candidates, [&](const Candidate& candidate) {
    return candidate.difference.p_value > significant ||
           std::abs(candidate.difference.value) < kCorrelationPoints;
  });
  const auto sureness = [](const Candidate& candidate) {
    return std::min(std::abs(candidate.difference.low), std::abs(candidate.difference.high));
  };
  std::ranges::stable_sort(candidates, std::greater(), sureness);
  if (candidates.size() > kMaxCorrelations) candidates.resize(kMaxCorrelations);
}

void Write(const Candidate& candidate, base::JsonWriter& json) {
  const auto number = [&](const char* key, double value) {
    json.Key(key);
    json.Double(100 * value);
  };
  json.BeginObject();
  json.TextField("field", candidate.is_module ? kModuleField : search::FieldOf(candidate.field).name);
  json.Key("term");
  WriteValue(candidate.field, candidate.term, json);
  json.NumberField("in_signature", candidate.group.count);
  json.NumberField("in_others", candidate.others.count);
  number("percent", candidate.group.value());
  number("other_percent", candidate.others.value());
  number("difference", candidate.difference.value);
  number("low", candidate.difference.low);
  number("high", candidate.difference.high);
  json.EndObject();
}

}  // namespace

http::Response Correlations(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> read = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(read);
  const std::string signature = TakeParameter(parameters, "signature");
  if (signature.empty()) return http::ErrorResponse(400, "The parameter signature is missing");
  std::variant<Query, http::Response> query = ReadSearch(parts, request, parameters);
  if (auto* const refusal = std::get_if<http::Response>(&query)) return std::move(*refusal);
  Query all = std::get<Query>(std::move(query));
  all.hits_max = 0;
  all.facet_size = kTermsOfField;
  all.facets.clear();
  for (const Field& field : search::Fields()) {
    if (!IsCompared(field)) continue;
    all.facets.emplace_back().field = field.id;
  }
  Query group = all;
  group.clauses.push_back(
      {FieldId::kSignature, search::Combine::kAllOf, {{search::Operator::kEquals, signature}}});
  SearchResult in_all;
  SearchResult in_group;
  base::Result<std::vector<Candidate>> candidates = Compare(parts.index, all, group, in_all, in_group);
  if (!candidates) return SearchTrouble(candidates.error());
  const std::size_t compared = candidates->size();
  KeepSignificant(*candidates);
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("signature_total", in_group.total);
  json.NumberField("other_total", in_all.total - std::min(in_all.total, in_group.total));
  json.NumberField("candidates", compared);
  json.Key("rows");
  json.BeginArray();
  for (const Candidate& candidate : *candidates) Write(candidate, json);
  json.EndArray();
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::api
