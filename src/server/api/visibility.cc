#include "server/api/visibility.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/time_units.h"
#include "server/api/search_parameters.h"
#include "server/api/search_request.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using search::Aggregation;
using search::AggregationKind;
using search::Clause;
using search::Combine;
using search::CrashKind;
using search::FieldId;
using search::FirstSeen;
using search::Operator;
using search::Query;

constexpr std::string_view kViewPings = store::NameOf(store::Permission::kViewPings);
constexpr std::string_view kViewClosedProducts = store::NameOf(store::Permission::kViewClosedProducts);
using base::kDayMs;
// Signatures with all their builds in one answer: search::kMaxBuckets is the bound.
constexpr std::size_t kSignaturesAtOnce = 20;
constexpr std::uint32_t kBuildsOfSignature = 5'000;

Clause IsOneOf(FieldId field, std::span<const std::string> values, Combine combine = Combine::kAnyOf) {
  Clause clause{field, combine, {}};
  for (const std::string& value : values) clause.tests.push_back({Operator::kEquals, value});
  return clause;
}

// What the caller sees of crashes of all times: one query, or a second one for pings of some products.
std::vector<Query> Seen(const http::Caller& caller, std::span<const std::string> hidden,
                        std::int64_t now_ms) {
  Query query;
  query.window = {0, now_ms + kDayMs};
  query.kinds = VisibleKinds(caller);
  query.hits_max = 0;
  LeaveOut(hidden, query);
  std::vector<Query> queries = {query};
  const std::vector<std::string> of_pings = caller.ProductsWith(kViewPings);
  if (caller.Has(kViewPings) || of_pings.empty()) return queries;
  query.kinds = {CrashKind::kPing};
  query.clauses.push_back(IsOneOf(FieldId::kProduct, of_pings));
  queries.push_back(std::move(query));
  return queries;
}

// Whether the kinds alone say what the caller sees.
bool SeesByKind(const http::Caller& caller, std::span<const std::string> hidden) {
  return hidden.empty() && (caller.Has(kViewPings) || caller.ProductsWith(kViewPings).empty());
}

Aggregation Of(FieldId field, AggregationKind kind = AggregationKind::kTerms) {
  Aggregation aggregation;
  aggregation.field = field;
  aggregation.kind = kind;
  return aggregation;
}

// Adds what a query finds of these signatures.
base::Status AddFirstSeen(const search::CrashIndex& index, Query query,
                          std::span<const std::string> signatures, std::map<std::string, FirstSeen>& found) {
  query.clauses.push_back(IsOneOf(FieldId::kSignature, signatures));
  query.facets = {Of(FieldId::kSignature)};
  query.facets[0].inner = {Of(FieldId::kDate, AggregationKind::kMinimum), Of(FieldId::kBuildId)};
  query.facet_size = kBuildsOfSignature;
  ASSIGN_OR_RETURN(const search::SearchResult result, index.Search(query));
  for (const search::FacetTerm& term : result.facets.at(0).terms) {
    const auto& signature = std::get<std::string>(term.term);
    const auto* const date = std::get_if<std::int64_t>(&term.facets.at(0).values.at(0));
    if (date == nullptr) continue;
    const auto [place, is_new] = found.try_emplace(signature, FirstSeen{signature, *date, ""});
    FirstSeen& seen = place->second;
    seen.date_ms = std::min(seen.date_ms, *date);
    for (const search::FacetTerm& build : term.facets.at(1).terms) {
      const auto& build_id = std::get<std::string>(build.term);
      if (seen.build_id.empty() || build_id < seen.build_id) seen.build_id = build_id;
    }
  }
  return {};
}

}  // namespace

base::Result<std::vector<std::string>> HiddenProducts(const ApiParts& parts, const http::Caller& caller) {
  if (!parts.products_by_token || caller.Has(kViewClosedProducts)) return std::vector<std::string>();
  std::optional<std::vector<std::string>> closed = parts.products_by_token();
  if (!closed) return base::Error{base::Code::kIo, 0, "which products are closed"};
  std::erase_if(*closed,
                [&](const std::string& product) { return caller.Has(kViewClosedProducts, product); });
  return *std::move(closed);
}

http::Response ProductIsHidden() {
  return http::ErrorResponse(
      403, "Crashes of this product are shown only to who has a grant for it, or view_closed_products");
}

std::optional<http::Response> RefuseHidden(const ApiParts& parts, const http::Caller& caller,
                                           std::string_view product) {
  const base::Result<std::vector<std::string>> hidden = HiddenProducts(parts, caller);
  if (!hidden) return StoreTrouble(hidden.error());
  if (std::ranges::find(*hidden, product) == hidden->end()) return std::nullopt;
  return ProductIsHidden();
}

bool MayViewPings(const http::Caller& caller, std::string_view product) {
  return caller.Has(kViewPings, product);
}

http::Response NeedsViewPings() {
  return http::ErrorResponse(403, "Single pings need the permission view_pings");
}

void LeaveOut(std::span<const std::string> products, Query& query) {
  if (!products.empty()) query.clauses.push_back(IsOneOf(FieldId::kProduct, products, Combine::kNoneOf));
}

base::Status LeaveOutHidden(const ApiParts& parts, const http::Caller& caller, Query& query) {
  ASSIGN_OR_RETURN(const std::vector<std::string> hidden, HiddenProducts(parts, caller));
  LeaveOut(hidden, query);
  return {};
}

void ConfineTo(std::string_view permission, const http::Caller& caller, Query& query) {
  if (caller.Has(permission)) return;
  const std::vector<std::string> products = caller.ProductsWith(permission);
  if (products.empty()) {
    query.kinds.clear();  // Nothing is found.
  } else {
    query.clauses.push_back(IsOneOf(FieldId::kProduct, products));
  }
}

base::Result<std::optional<std::vector<Query>>> CrashesSeenBy(const ApiParts& parts,
                                                              const http::Caller& caller) {
  using Queries = std::optional<std::vector<Query>>;
  ASSIGN_OR_RETURN(const std::vector<std::string> hidden, HiddenProducts(parts, caller));
  if (hidden.empty() && caller.Has(kViewPings)) return Queries();
  return Queries(Seen(caller, hidden, parts.clock()));
}

base::Result<std::vector<std::string>> VisibleSignatures(const ApiParts& parts, const http::Request& request,
                                                         const std::vector<std::string>& signatures) {
  if (signatures.empty()) return std::vector<std::string>();
  const http::Caller& caller = request.caller;
  ASSIGN_OR_RETURN(const std::vector<std::string> hidden, HiddenProducts(parts, caller));
  if (hidden.empty() && caller.Has(kViewPings)) return signatures;
  const search::Deadline deadline = DeadlineOf(parts, request);
  std::vector<std::string> seen;
  if (SeesByKind(caller, hidden)) {
    ASSIGN_OR_RETURN(const std::vector<FirstSeen> found,
                     parts.index.FindFirstSeen(signatures, VisibleKinds(caller), deadline));
    for (const FirstSeen& each : found) seen.push_back(each.signature);
  } else {
    for (Query& query : Seen(caller, hidden, parts.clock())) {
      query.clauses.push_back(IsOneOf(FieldId::kSignature, signatures));
      query.facets = {Of(FieldId::kSignature)};
      query.facet_size = static_cast<std::uint32_t>(signatures.size());
      query.deadline = deadline;
      ASSIGN_OR_RETURN(const search::SearchResult result, parts.index.Search(query));
      for (const search::FacetTerm& term : result.facets.at(0).terms)
        seen.push_back(std::get<std::string>(term.term));
    }
  }
  std::vector<std::string> visible = signatures;
  std::erase_if(visible, [&](const std::string& signature) {
    return std::ranges::find(seen, signature) == seen.end();
  });
  return visible;
}

base::Result<std::vector<FirstSeen>> FindFirstSeenFor(const ApiParts& parts, const http::Caller& caller,
                                                      std::span<const std::string> signatures,
                                                      const search::Deadline& deadline) {
  ASSIGN_OR_RETURN(const std::vector<std::string> hidden, HiddenProducts(parts, caller));
  if (SeesByKind(caller, hidden))
    return parts.index.FindFirstSeen(signatures, VisibleKinds(caller), deadline);
  std::map<std::string, FirstSeen> found;
  std::vector<Query> queries = Seen(caller, hidden, parts.clock());
  for (Query& query : queries) query.deadline = deadline;
  for (std::size_t i = 0; i < signatures.size(); i += kSignaturesAtOnce) {
    const std::span<const std::string> some =
        signatures.subspan(i, std::min(kSignaturesAtOnce, signatures.size() - i));
    for (const Query& query : queries) RETURN_IF_ERROR(AddFirstSeen(parts.index, query, some, found));
  }
  std::vector<FirstSeen> all;
  for (auto& [signature, seen] : found) all.push_back(std::move(seen));
  return all;
}

base::Result<std::string> ProductOf(const search::CrashIndex& index, const search::CrashReference& crash) {
  Query query;
  query.window = {crash.date_ms, crash.date_ms + 1};
  query.kinds = {crash.kind};
  query.clauses = {IsOneOf(FieldId::kUuid, std::span(&crash.uuid, 1))};
  query.columns = {FieldId::kProduct};
  ASSIGN_OR_RETURN(const search::SearchResult found, index.Search(query));
  const auto* const product =
      found.hits.empty() ? nullptr : std::get_if<std::string>(&found.hits.front().front());
  return product == nullptr ? std::string() : *product;
}

}  // namespace cairn::api
