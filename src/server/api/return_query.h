// What a search would ask, as JSON, for _return_query. Nothing in it comes from anywhere but the caller's own
// parameters and permissions.
#pragma once

#include <string>

#include "server/http/message.h"
#include "server/search/query.h"

namespace cairn::api {

// {"query": {...}, "indices": ["report-2026-11-16"]}: "indices" are the weeks of each kind in the window.
// `parameters` are those that the query was read from.
std::string WriteQuery(const search::Query& query, const http::QueryFields& parameters);

}  // namespace cairn::api
