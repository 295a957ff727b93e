#include "server/api/search_request.h"

#include <algorithm>
#include <utility>

#include "os/clock.h"
#include "server/store/permissions.h"

namespace cairn::api {

std::variant<http::QueryFields, http::Response> ParametersOf(const http::Request& request) {
  std::optional<http::QueryFields> parameters = http::ParseQuery(request.query);
  if (parameters) return *std::move(parameters);
  return http::ErrorResponse(400, "The query string cannot be read: a broken %-escape, or more than " +
                                      std::to_string(http::kMaxQueryFields) + " parameters");
}

std::vector<std::string> TakeParameters(http::QueryFields& parameters, std::string_view name) {
  std::vector<std::string> values;
  std::erase_if(parameters, [&](std::pair<std::string, std::string>& parameter) {
    if (parameter.first != name) return false;
    values.push_back(std::move(parameter.second));
    return true;
  });
  return values;
}

std::string TakeParameter(http::QueryFields& parameters, std::string_view name, std::string_view otherwise) {
  std::vector<std::string> values = TakeParameters(parameters, name);
  return values.empty() ? std::string(otherwise) : std::move(values.front());
}

std::variant<search::Query, http::Response> ReadSearch(const ApiParts& parts, const http::Request& request,
                                                       const http::QueryFields& parameters) {
  std::variant<search::Query, Refusal> read = ReadSearchParameters(parameters, request.caller, parts.clock());
  if (const auto* const refusal = std::get_if<Refusal>(&read))
    return http::ErrorResponse(refusal->status, refusal->message);
  search::Query query = std::get<search::Query>(std::move(read));
  query.deadline = DeadlineOf(parts, request);
  if (const std::string fields = ProtectedFieldsOf(query); !fields.empty()) {
    if (std::optional<http::Response> refusal = NoteInAudit(parts, request, "search protected", fields))
      return *std::move(refusal);
  }
  if (const base::Status left_out = LeaveOutHidden(parts, request.caller, query); !left_out)
    return StoreTrouble(left_out.error());
  return query;
}

search::Deadline DeadlineOf(const ApiParts& parts, const http::Request& request) {
  constexpr std::int64_t kSecondMs = 1'000;
  const bool may_take_long = request.caller.Has(store::NameOf(store::Permission::kRunLongQueries));
  const std::int64_t limit_s = may_take_long ? parts.search_limits.long_seconds : parts.search_limits.seconds;
  return {os::MonotonicMillis() + limit_s * kSecondMs, limit_s, request.client_gone};
}

http::Response SearchTrouble(const base::Error& error) {
  if (error.code == base::Code::kBadValue || error.code == base::Code::kLimitExceeded)
    return http::ErrorResponse(400, base::Describe(error));
  return http::SearchTrouble(error,
                             "narrow it by fewer days, a product or a signature, or ask for fewer facets");
}

}  // namespace cairn::api
