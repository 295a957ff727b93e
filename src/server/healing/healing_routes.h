// What late symbols are doing, for people:
//   GET  /api/Healing/    what is named now, how far it is, and how many orders wait
//   POST /api/Healing/    {"debug_file": ..., "debug_id": ...}: name what is stored by these symbols once
//   more
#pragma once

#include <vector>

#include "server/healing/healing.h"
#include "server/http/router.h"

namespace cairn::healing {

// `healing` must outlive the routes.
std::vector<http::Route> MakeRoutes(Healing& healing);

}  // namespace cairn::healing
