// The API to pings that were refused: a list with reasons and counts, and another try after a fix.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/pings/ledger.h"
#include "server/store/audit_log.h"

namespace cairn::pings {

inline constexpr std::size_t kMaxListedRejections = 1000;

// GET /api/PingRejects/ and POST /api/PingReplay/, as docs/api/openapi.yaml has them. `marked` is called when
// there is something to check again; it may be empty. `audit` is told who asked; null: nobody is.
std::vector<http::Route> MakeRejectionRoutes(Ledger& ledger, const std::function<void()>& marked,
                                             store::AuditLog* audit);

// The JSON of the list, which `cairn ping rejects --json` prints too.
std::string RejectionsJson(const std::vector<RejectedPing>& pings, const std::vector<PingCount>& counts);

}  // namespace cairn::pings
