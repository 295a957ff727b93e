#include "server/api/top_crashers.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/json_writer.h"
#include "server/api/search_answer.h"
#include "server/api/search_request.h"

namespace cairn::api {
namespace {

using search::Aggregation;
using search::AggregationKind;
using search::Facet;
using search::FacetTerm;
using search::Field;
using search::FieldId;
using search::Query;
using search::SearchResult;
using search::Value;

// Crashes before this many seconds of uptime count as of the first minute.
constexpr std::int64_t kFirstMinuteSeconds = 60;
// Ranks of the time before are told as far as this, and crashes of the first minute of so many signatures.
constexpr std::uint32_t kOtherSignatures = 10'000;
constexpr std::size_t kMaxSignatures = 200;

Aggregation Counted(FieldId field, AggregationKind kind = AggregationKind::kTerms) {
  Aggregation aggregation;
  aggregation.field = field;
  aggregation.kind = kind;
  return aggregation;
}

// An annotation may be missing from an operator's registry.
void AddAnnotation(const char* name, AggregationKind kind, std::vector<Aggregation>& to) {
  const Field* const field = search::FindField(name);
  if (field != nullptr) to.push_back(Counted(field->id, kind));
}

Aggregation BySignature() {
  Aggregation signatures;
  signatures.inner = {Counted(FieldId::kPlatform), Counted(FieldId::kProcessType),
                      Counted(FieldId::kClient, AggregationKind::kCardinality)};
  AddAnnotation("install_time", AggregationKind::kCardinality, signatures.inner);
  AddAnnotation("startup_crash", AggregationKind::kTerms, signatures.inner);
  AddAnnotation("is_garbage_collecting", AggregationKind::kTerms, signatures.inner);
  return signatures;
}

struct Place {
  std::uint64_t rank = 0;  // From 1.
  std::uint64_t count = 0;
};

// What the time that is asked for is of.
enum class RangeType { kReport, kBuild };

struct Answer {
  Query query;
  RangeType range_type = RangeType::kReport;
  SearchResult now;
  SearchResult before;
  search::DateWindow before_window;
  std::map<std::string, Place> places_before;
  std::map<std::string, std::uint64_t> in_first_minute;
  std::map<std::string, search::FirstSeen> first_seen;
};

double PercentOf(std::uint64_t count, std::uint64_t total) {
  return total == 0 ? 0 : 100.0 * static_cast<double>(count) / static_cast<double>(total);
}

void WriteCounts(const Facet& facet, const char* key, base::JsonWriter& json) {
  json.Key(key);
  json.BeginObject();
  for (const FacetTerm& term : facet.terms) json.NumberField(std::get<std::string>(term.term), term.count);
  json.EndObject();
}

// How many of the crashes have yes for it.
std::uint64_t YesOf(const Facet& facet) {
  for (const FacetTerm& term : facet.terms) {
    if (term.term == Value(std::int64_t{1})) return term.count;
  }
  return 0;
}

void WriteDetails(const std::vector<Facet>& facets, base::JsonWriter& json) {
  // Pings know the installation, reports of Firefox when it was made: whichever tells more of them apart.
  std::int64_t installations = 0;
  for (const Facet& facet : facets) {
    const std::string& name = search::FieldOf(facet.aggregation.field).name;
    if (facet.aggregation.kind == AggregationKind::kCardinality) {
      installations = std::max(installations, std::get<std::int64_t>(facet.values.at(0)));
    } else if (facet.aggregation.field == FieldId::kPlatform) {
      WriteCounts(facet, "platforms", json);
    } else if (facet.aggregation.field == FieldId::kProcessType) {
      WriteCounts(facet, "process_types", json);
    } else if (name == "startup_crash") {
      json.NumberField("startup", YesOf(facet));
    } else if (name == "is_garbage_collecting") {
      json.NumberField("is_gc", YesOf(facet));
    }
  }
  if (installations > 0) json.NumberField("installations", installations);
}

void WriteRow(const Answer& answer, std::size_t index, base::JsonWriter& json) {
  const FacetTerm& term = answer.now.facets.at(0).terms[index];
  const auto& signature = std::get<std::string>(term.term);
  json.BeginObject();
  json.TextField("signature", signature);
  json.NumberField("rank", index + 1);
  json.NumberField("count", term.count);
  json.Key("percent");
  json.Double(PercentOf(term.count, answer.now.total));
  const auto before = answer.places_before.find(signature);
  if (before != answer.places_before.end()) {
    json.NumberField("previous_rank", before->second.rank);
    json.NumberField("previous_count", before->second.count);
    json.Key("previous_percent");
    json.Double(PercentOf(before->second.count, answer.before.total));
  }
  json.Key("weighted");
  WriteEstimate(term.estimate, term.count, json);
  const auto seen = answer.first_seen.find(signature);
  if (seen != answer.first_seen.end()) {
    json.TextField("first_date", os::FormatIso(seen->second.date_ms));
    if (!seen->second.build_id.empty()) json.TextField("first_build", seen->second.build_id);
  }
  const auto early = answer.in_first_minute.find(signature);
  json.NumberField("first_minute", early == answer.in_first_minute.end() ? 0 : early->second);
  WriteDetails(term.facets, json);
  json.EndObject();
}

std::string Write(const Answer& answer) {
  base::JsonWriter json;
  json.BeginObject();
  json.TextField("from", os::FormatIso(answer.query.window.from_ms));
  json.TextField("to", os::FormatIso(answer.query.window.to_ms));
  json.TextField("previous_from", os::FormatIso(answer.before_window.from_ms));
  json.NumberField("total", answer.now.total);
  json.NumberField("previous_total", answer.before.total);
  json.Key("weighted");
  WriteEstimate(answer.now.estimate, answer.now.total, json);
  std::uint64_t covered = 0;
  for (const FacetTerm& term : answer.now.facets.at(0).terms) covered += term.count;
  json.NumberField("covered", covered);
  json.Key("rows");
  json.BeginArray();
  for (std::size_t i = 0; i < answer.now.facets.at(0).terms.size(); ++i) WriteRow(answer, i, json);
  json.EndArray();
  json.EndObject();
  return json.Take();
}

// "20261122093329": the id of a build of that moment.
std::string BuildAt(std::int64_t time_ms) {
  constexpr std::size_t kDigits = 14;
  std::string id = os::FormatIso(time_ms);
  std::erase_if(id, [](char c) { return c < '0' || c > '9'; });
  id.resize(std::min(id.size(), kDigits));
  return id;
}

// The query over that time; of builds, over those that were made in it and crashed in it.
Query Within(Query query, search::DateWindow window, RangeType range_type) {
  query.window = window;
  if (range_type == RangeType::kBuild) {
    query.clauses.push_back({FieldId::kBuildId,
                             search::Combine::kAllOf,
                             {{search::Operator::kGreaterOrEqual, BuildAt(window.from_ms)},
                              {search::Operator::kLess, BuildAt(window.to_ms)}}});
  }
  return query;
}

// Of the signatures that a query counts.
base::Status CountFirstMinute(const search::CrashIndex& index, Query query, Answer& answer) {
  const Field* const uptime = search::FindField("uptime");
  if (uptime == nullptr) return {};
  query.clauses.push_back(
      {uptime->id, search::Combine::kAllOf, {{search::Operator::kLess, kFirstMinuteSeconds}}});
  ASSIGN_OR_RETURN(const SearchResult early, index.Search(query));
  for (const FacetTerm& term : early.facets.at(0).terms) {
    answer.in_first_minute[std::get<std::string>(term.term)] = term.count;
  }
  return {};
}

base::Status Ask(const ApiParts& parts, const http::Caller& caller, Answer& answer) {
  const search::CrashIndex& index = parts.index;
  const search::DateWindow window = answer.query.window;
  ASSIGN_OR_RETURN(answer.now, index.Search(Within(answer.query, window, answer.range_type)));
  Query counts = answer.query;
  counts.facets = {Aggregation{}};
  counts.facet_size = kOtherSignatures;
  counts.with_estimates = false;
  RETURN_IF_ERROR(CountFirstMinute(index, Within(counts, window, answer.range_type), answer));
  answer.before_window = {window.from_ms - (window.to_ms - window.from_ms), window.from_ms};
  ASSIGN_OR_RETURN(answer.before, index.Search(Within(counts, answer.before_window, answer.range_type)));
  std::uint64_t rank = 0;
  for (const FacetTerm& term : answer.before.facets.at(0).terms) {
    answer.places_before[std::get<std::string>(term.term)] = {++rank, term.count};
  }
  std::vector<std::string> signatures;
  for (const FacetTerm& term : answer.now.facets.at(0).terms) {
    signatures.push_back(std::get<std::string>(term.term));
  }
  ASSIGN_OR_RETURN(const std::vector<search::FirstSeen> seen,
                   FindFirstSeenFor(parts, caller, signatures, answer.query.deadline));
  for (const search::FirstSeen& each : seen) answer.first_seen[each.signature] = each;
  return {};
}

}  // namespace

http::Response TopCrashers(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> parameters = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&parameters)) return std::move(*refusal);
  const std::string range_type =
      TakeParameter(std::get<http::QueryFields>(parameters), "_range_type", "report");
  if (range_type != "report" && range_type != "build")
    return http::ErrorResponse(400, "_range_type: report or build");
  std::variant<Query, http::Response> read =
      ReadSearch(parts, request, std::get<http::QueryFields>(parameters));
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  Answer answer;
  answer.range_type = range_type == "build" ? RangeType::kBuild : RangeType::kReport;
  answer.query = std::get<Query>(std::move(read));
  answer.query.hits_max = 0;
  answer.query.facets = {BySignature()};
  answer.query.facet_size = std::min(answer.query.facet_size, kMaxTopCrashers);
  answer.query.with_estimates = true;
  if (const base::Status asked = Ask(parts, request.caller, answer); !asked)
    return SearchTrouble(asked.error());
  return http::JsonResponse(200, Write(answer));
}

http::Response SignatureFirstDate(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> parameters = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&parameters)) return std::move(*refusal);
  const std::vector<std::string> signatures =
      TakeParameters(std::get<http::QueryFields>(parameters), "signatures");
  if (signatures.empty()) return http::ErrorResponse(400, "The parameter signatures is missing");
  if (signatures.size() > kMaxSignatures)
    return http::ErrorResponse(400, "More than " + std::to_string(kMaxSignatures) + " signatures");
  const base::Result<std::vector<search::FirstSeen>> found =
      FindFirstSeenFor(parts, request.caller, signatures, DeadlineOf(parts, request));
  if (!found) return SearchTrouble(found.error());
  base::JsonWriter json;
  json.BeginObject();
  json.Key("hits");
  json.BeginArray();
  for (const search::FirstSeen& each : *found) {
    json.BeginObject();
    json.TextField("signature", each.signature);
    json.TextField("first_date", os::FormatIso(each.date_ms));
    json.TextField("first_build", each.build_id);
    json.EndObject();
  }
  json.EndArray();
  json.NumberField("total", found->size());
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::api
