// Asking for crashes to be processed again, by id, by search or by signature, and what could not be
// processed.
//
//   POST /api/Reprocessing/   a form with crash_ids (as often as there are; behind a colon may stand one of
//                             Socorro's rulesets, all of which are the whole processing here), query (a query
//                             string of Super Search), signature, or set_aside=1
//                             -> {"queued": N, "unknown": [ID...]}
//                             (Socorro answers true, which a client that looks for truth finds here)
//   GET  /api/SetAside/       -> {"set_aside": [{"id", "lane", "reason", "attempts", "date"}...]}
//
// Both need the permission to reprocess, for all products or for those that are meant; a crash of another one
// is as unknown as one that is not there. What is queued is done when nothing more urgent is to do.
#pragma once

#include <vector>

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::size_t kMaxReprocessingBytes = 64 << 10;  // 500 parameters, kMaxQueryFields, fit.
inline constexpr std::uint64_t kMaxReprocessed = 100'000;       // By one request: some hours of work.
inline constexpr std::size_t kMaxSetAsideShown = 1'000;

void AddReprocessingRoutes(const ApiParts& parts, std::vector<http::Route>& routes);

}  // namespace cairn::api
