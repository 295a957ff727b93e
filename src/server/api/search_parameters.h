// Reads the parameters of a Super Search request into a Query: names, operators, limits and permissions.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "server/api/aggregation_parameters.h"
#include "server/http/message.h"
#include "server/search/query.h"

namespace cairn::api {

inline constexpr std::uint32_t kMaxHits = 1000;  // Of one page: an answer of about 1 MB.
// Offset and page: deeper pages by offset cost a sort of all hits. A cursor leads to any depth.
inline constexpr std::uint32_t kMaxHitsWindow = 10'000;
inline constexpr std::uint32_t kMaxFacetTerms = 10'000;
inline constexpr std::size_t kMaxTests = 200;  // Of all fields: the length of the condition.
inline constexpr std::int64_t kDefaultWindowDays = 7;
inline constexpr std::int64_t kMaxWindowDays = 365;

// Why a request is refused: a sentence for whoever wrote it.
struct Refusal {
  int status = 400;
  std::string message;
};

// The kinds of crashes that the caller may see one by one, of all products: reports, and pings with
// view_pings.
std::vector<search::CrashKind> VisibleKinds(const http::Caller& caller);

// The names of the protected fields that the query is about, comma-separated; empty: none.
std::string ProtectedFieldsOf(const search::Query& query);

// `now_ms` is Unix time; the default window ends there. Without view_pings the query sees reports only; who
// has it for some products sees their pings in a search that names no other products.
// A query about protected fields is refused without view_pii.
std::variant<search::Query, Refusal> ReadSearchParameters(const http::QueryFields& parameters,
                                                          const http::Caller& caller, std::int64_t now_ms);

}  // namespace cairn::api
