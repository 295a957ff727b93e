// What every route that searches does first: the request's parameters to a query of what its caller may see.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "server/api/api.h"
#include "server/api/search_parameters.h"
#include "server/api/visibility.h"

namespace cairn::api {

// The query with its deadline, or the refusal to send. Parameters that are a route's own are taken out of
// `parameters` first.
std::variant<search::Query, http::Response> ReadSearch(const ApiParts& parts, const http::Request& request,
                                                       const http::QueryFields& parameters);

// The parameters of a request, or the refusal to send.
std::variant<http::QueryFields, http::Response> ParametersOf(const http::Request& request);

// The value of the first parameter of that name, and all of that name are taken out; `otherwise` if there is
// none.
std::string TakeParameter(http::QueryFields& parameters, std::string_view name,
                          std::string_view otherwise = "");
// All values of it.
std::vector<std::string> TakeParameters(http::QueryFields& parameters, std::string_view name);

// Until when the searches that answer a request may take, from now on; no longer than its client waits.
search::Deadline DeadlineOf(const ApiParts& parts, const http::Request& request);

// What a search could not be run for: the caller's mistake, the time that it would take, or this server's
// trouble.
http::Response SearchTrouble(const base::Error& error);
}  // namespace cairn::api
