// The OpenAPI document of what the server answers: docs/api/operations.yaml, in which people describe each
// operation, with what the program knows better.
//
// From the table of routes come the permission of each operation, what it takes to be let in, the answer 403
// and the parts of its path; from the fields of searches their parameters and names, in place of the comments
// kFieldParametersMark and kFieldNamesMark. An operation that no route has, and a route that no operation
// describes, are problems. A path is that of its route, without ":hex" and "*"; with or without the slash at
// its end is the same. Where it cannot be, the operation names the route: "x-route:
// /submit/{namespace}/{*rest}".
//
// docs/api/openapi.yaml is what comes out for the registry that comes with Cairn: a test holds it to that.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/http/router.h"
#include "server/search/field.h"

namespace cairn::apps {

inline constexpr std::string_view kFieldParametersMark = "# The parameters of search fields.";
inline constexpr std::string_view kFieldNamesMark = "# The names of search fields.";

// docs/api/operations.yaml as it was when this program was built.
std::string_view OperationsText();

struct OpenApi {
  std::string text;
  std::vector<std::string> problems;  // A sentence each.
};

OpenApi MakeOpenApi(std::span<const http::Route> routes, std::span<const search::Field> fields,
                    std::string_view operations);

}  // namespace cairn::apps
