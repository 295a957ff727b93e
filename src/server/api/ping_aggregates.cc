#include "server/api/ping_aggregates.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/json_writer.h"
#include "base/time_units.h"
#include "server/api/search_answer.h"
#include "server/api/search_request.h"
#include "server/api/visibility.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using search::Aggregation;
using search::AggregationKind;
using search::Clause;
using search::FacetTerm;
using search::FieldId;
using search::Query;

using base::kDayMs;
constexpr FieldId kFacetFields[] = {FieldId::kVersion,     FieldId::kReleaseChannel, FieldId::kPlatform,
                                    FieldId::kProcessType, FieldId::kCpuArch,        FieldId::kReason};

Clause Is(FieldId field, std::string value) {
  return {field, search::Combine::kAllOf, {{search::Operator::kEquals, std::move(value)}}};
}

Aggregation Clients() {
  Aggregation clients;
  clients.field = FieldId::kClient;
  clients.kind = AggregationKind::kCardinality;
  return clients;
}

bool AreEnough(const search::Facet& clients) {
  return std::get<std::int64_t>(clients.values.at(0)) >= static_cast<std::int64_t>(store::kFewestClients);
}

struct Group {
  std::string signature;
  std::string product;
};

std::variant<Group, http::Response> GroupOfPing(const ApiParts& parts, std::string_view crash_id) {
  const std::optional<std::string> id = ParseCrashId(crash_id);
  if (!id) return http::ErrorResponse(400, "crash_id: not of the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx");
  const base::Result<std::optional<search::CrashReference>> ping = parts.index.Get(*id);
  if (!ping) return StoreTrouble(ping.error());
  if (!*ping || (*ping)->kind != search::CrashKind::kPing)
    return http::ErrorResponse(404, "There is no crash ping " + *id);
  base::Result<std::string> product = ProductOf(parts.index, **ping);
  if (!product) return StoreTrouble(product.error());
  return Group{(*ping)->signature, *std::move(product)};
}

std::variant<Group, http::Response> GroupAskedFor(const ApiParts& parts, http::QueryFields parameters) {
  Group group{TakeParameter(parameters, "signature"), TakeParameter(parameters, "product")};
  if (group.signature.empty() && group.product.empty())
    return GroupOfPing(parts, TakeParameter(parameters, "crash_id"));
  if (group.signature.empty() || group.product.empty())
    return http::ErrorResponse(400, "A group has both a signature and a product");
  return group;
}

Query QueryOf(const Group& group, std::int64_t now_ms) {
  Query query;
  query.window = {now_ms - kPingAggregateDays * kDayMs, now_ms + 1};
  query.kinds = {search::CrashKind::kPing};
  query.clauses = {Is(FieldId::kSignature, group.signature), Is(FieldId::kProduct, group.product)};
  query.hits_max = 0;
  query.facets = {Clients()};
  for (const FieldId field : kFacetFields) query.facets.emplace_back().field = field;
  Aggregation& days = query.facets.emplace_back();
  days.field = FieldId::kDate;
  days.kind = AggregationKind::kHistogram;
  for (std::size_t i = 1; i < query.facets.size(); ++i) query.facets[i].inner = {Clients()};
  return query;
}

void LeaveOutFew(search::SearchResult& group) {
  for (search::Facet& facet : group.facets) {
    std::erase_if(facet.terms, [](const FacetTerm& term) { return !AreEnough(term.facets.at(0)); });
  }
}

}  // namespace

http::Response PingAggregates(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> read = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  std::variant<Group, http::Response> asked =
      GroupAskedFor(parts, std::move(std::get<http::QueryFields>(read)));
  if (auto* const refusal = std::get_if<http::Response>(&asked)) return std::move(*refusal);
  const auto& [signature, product] = std::get<Group>(asked);
  if (std::optional<http::Response> refusal = RefuseHidden(parts, request.caller, product))
    return *std::move(refusal);

  Query query = QueryOf({signature, product}, parts.clock());
  query.deadline = DeadlineOf(parts, request);
  base::Result<search::SearchResult> group = parts.index.Search(query);
  if (!group) return SearchTrouble(group.error());
  base::JsonWriter json;
  json.BeginObject();
  json.NumberField("days", static_cast<std::uint64_t>(kPingAggregateDays));
  json.NumberField("clients_min", store::kFewestClients);
  if (AreEnough(group->facets.front())) {
    json.TextField("signature", signature);
    json.TextField("product", product);
    json.NumberField("pings", group->total);
    json.Key("facets");
    LeaveOutFew(*group);
    WriteFacets(query, group->facets, json);
  }
  json.EndObject();
  return http::JsonResponse(200, json.Take());
}

}  // namespace cairn::api
