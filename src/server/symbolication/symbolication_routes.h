// Eliot's API over HTTP: names of addresses.
//
//   POST /symbolicate/v5   {"jobs": [...]} -> {"results": [...]}; with a header Debug, whatever its value,
//   also
//                          "debug"
//   POST /symbolicate/v4   one job -> {"symbolicatedStacks", "knownModules"}
//
// Both forms stand in analysis/symbolication (request.h, answer.h). Pages of other sites may ask: the answers
// allow any origin.
#pragma once

#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/symbolication/symbolicator.h"

namespace cairn::symbolication {

// Names of functions are what symbol files hold, so `permission` is that of their download. The symbolicator
// must outlive the routes.
std::vector<http::Route> MakeRoutes(Symbolicator& symbolicator, const std::string& permission);

}  // namespace cairn::symbolication
