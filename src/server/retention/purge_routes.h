// The API by which crashes are purged: POST /api/Purge/, as docs/api/openapi.yaml has it.
#pragma once

#include <cstddef>
#include <vector>

#include "server/http/router.h"
#include "server/retention/purge.h"

namespace cairn::retention {

inline constexpr std::size_t kMaxPurgeBytes = 1 << 20;  // Some more than kMaxPurgedAtOnce ids.

// The parts must outlive the routes.
std::vector<http::Route> MakePurgeRoutes(const PurgeParts& parts);

// {"purged":[...],"unknown":[...]}: what there was of each, and the ids of which nothing was known.
std::string PurgedJson(const std::vector<PurgedCrash>& crashes);

// The crash id or document id without "bp-", in lower case; empty if it is none.
std::string CleanCrashId(std::string_view text);

}  // namespace cairn::retention
