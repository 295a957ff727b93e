#include "server/api/super_search.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/json_writer.h"
#include "base/time_units.h"
#include "server/api/return_query.h"
#include "server/api/search_answer.h"
#include "server/api/search_request.h"
#include "server/search/week.h"
#include "server/store/permissions.h"

namespace cairn::api {
namespace {

using search::AggregationKind;
using search::CrashKind;
using search::FieldId;
using search::Operator;
using search::Query;
using search::SearchResult;

using base::kDayMs;

// The products that a query names whole.
std::vector<std::string> ProductsIn(const Query& query) {
  std::vector<std::string> products;
  for (const search::Clause& clause : query.clauses) {
    if (clause.field != FieldId::kProduct || clause.combine == search::Combine::kNoneOf) continue;
    for (const search::Test& test : clause.tests) {
      const auto* const product = std::get_if<std::string>(&test.operand);
      if (product != nullptr && (test.op == Operator::kEquals || test.op == Operator::kMatches))
        products.push_back(*product);
    }
  }
  return products;
}

// Whether any crash that the caller may know of has the product. Of pings alone it is told from so many
// clients on as their groups are told.
base::Result<bool> CountCrashes(const ApiParts& parts, const http::Request& request,
                                const ProductAnswers::Question& question) {
  Query query;
  query.deadline = DeadlineOf(parts, request);
  query.window = {0, parts.clock() + kDayMs};
  query.kinds = {CrashKind::kReport};
  query.clauses = {{FieldId::kProduct, search::Combine::kAllOf, {{Operator::kMatches, question.product}}}};
  query.hits_max = 0;
  LeaveOut(question.hidden_products, query);
  ASSIGN_OR_RETURN(const SearchResult reports, parts.index.Search(query));
  if (reports.total > 0) return true;
  query.kinds = {CrashKind::kPing};
  query.facets.resize(1);
  query.facets[0].field = FieldId::kClient;
  query.facets[0].kind = AggregationKind::kCardinality;
  ASSIGN_OR_RETURN(const SearchResult pings, parts.index.Search(query));
  if (pings.total > 0 && question.sees_pings) return true;
  return std::get<std::int64_t>(pings.facets.at(0).values.at(0)) >=
         static_cast<std::int64_t>(store::kFewestClients);
}

base::Result<bool> HasCrashes(const ApiParts& parts, const http::Request& request,
                              const ProductAnswers::Question& question) {
  const std::int64_t now_ms = parts.clock();
  if (const std::optional<bool> known = parts.product_answers->Find(question, now_ms)) return *known;
  ASSIGN_OR_RETURN(const bool has_crashes, CountCrashes(parts, request, question));
  parts.product_answers->Note(question, has_crashes, now_ms);
  return has_crashes;
}

// A closed product is as unknown as one that is not there.
std::optional<http::Response> RefuseUnknownProducts(const ApiParts& parts, const http::Request& request,
                                                    const Query& query) {
  if (!parts.knows_product) return std::nullopt;
  const base::Result<std::vector<std::string>> hidden = HiddenProducts(parts, request.caller);
  if (!hidden) return StoreTrouble(hidden.error());
  for (const std::string& product : ProductsIn(query)) {
    const base::Result<bool> is_configured = parts.knows_product(product);
    if (!is_configured) return StoreTrouble(is_configured.error());
    if (*is_configured && std::ranges::find(*hidden, product) == hidden->end()) continue;
    const base::Result<bool> has_crashes =
        HasCrashes(parts, request, {product, MayViewPings(request.caller, product), *hidden});
    if (!has_crashes) return SearchTrouble(has_crashes.error());
    if (!*has_crashes) return http::ErrorResponse(400, "product=" + product + ": there is no such product");
  }
  return std::nullopt;
}

// The weeks that the window asks for and of which everything is gone by its age.
std::vector<std::string> MissingWeeks(const ApiParts& parts, const Query& query) {
  std::vector<std::string> missing;
  if (!parts.kept_since_ms) return missing;
  for (const CrashKind kind : query.kinds) {
    const std::int64_t kept_since_ms = parts.kept_since_ms(kind, query.window.from_ms);
    const std::int64_t last_ms = std::min(kept_since_ms, query.window.to_ms) - 1;
    for (std::int64_t week = search::WeekOf(query.window.from_ms); week <= search::WeekOf(last_ms); ++week) {
      const bool is_gone = search::StartOfWeek(week + 1) <= kept_since_ms;
      if (is_gone) missing.push_back(search::WeekStem(search::CrashKindName(kind), week));
    }
  }
  return missing;
}

// Runs it, and counts the rows of pings.
base::Result<SearchResult> SearchAndCount(const ApiParts& parts, Query query, std::size_t& pings) {
  const auto place = std::ranges::find(query.columns, FieldId::kKind) - query.columns.begin();
  const auto column = static_cast<std::size_t>(place);
  const bool is_added = column == query.columns.size();
  if (is_added) query.columns.push_back(FieldId::kKind);
  ASSIGN_OR_RETURN(SearchResult result, parts.index.Search(query));
  const search::Value ping = std::string(search::CrashKindName(CrashKind::kPing));
  for (std::vector<search::Value>& hit : result.hits) {
    if (hit.at(column) == ping) ++pings;
    if (is_added) hit.pop_back();
  }
  return result;
}

}  // namespace

http::Response SuperSearch(const ApiParts& parts, const http::Request& request) {
  std::variant<http::QueryFields, http::Response> given = ParametersOf(request);
  if (auto* const refusal = std::get_if<http::Response>(&given)) return std::move(*refusal);
  auto& parameters = std::get<http::QueryFields>(given);
  const std::string only_asks = TakeParameter(parameters, "_return_query");
  if (only_asks == "true" || only_asks == "1") {
    const std::variant<Query, Refusal> asked =
        ReadSearchParameters(parameters, request.caller, parts.clock());
    if (const auto* const refusal = std::get_if<Refusal>(&asked))
      return http::ErrorResponse(refusal->status, refusal->message);
    return http::JsonResponse(200, WriteQuery(std::get<Query>(asked), parameters));
  }
  std::variant<Query, http::Response> read = ReadSearch(parts, request, parameters);
  if (auto* const refusal = std::get_if<http::Response>(&read)) return std::move(*refusal);
  const Query& query = std::get<Query>(read);
  const bool may_find_pings = std::ranges::find(query.kinds, CrashKind::kPing) != query.kinds.end();
  std::size_t pings = 0;
  const base::Result<SearchResult> result =
      may_find_pings ? SearchAndCount(parts, query, pings) : parts.index.Search(query);
  if (!result) return SearchTrouble(result.error());
  if (result->total == 0) {
    if (std::optional<http::Response> refusal = RefuseUnknownProducts(parts, request, query))
      return *std::move(refusal);
  }
  if (pings > 0) {
    const std::string object = std::to_string(pings) + " pings of a search";
    if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "read pings", object))
      return *std::move(refusal);
  }
  return http::JsonResponse(200, WriteSearchAnswer(query, *result, MissingWeeks(parts, query)));
}

}  // namespace cairn::api
