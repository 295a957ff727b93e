// What everybody may know of a crash ping: how many there are of its signature and product.
//
// Nobody was asked about a single ping, so a group says nothing of itself unless at least
// store::kFewestClients clients made it: of a ping in a smaller one nothing is told, not its signature
// either, and values that fewer clients have are left out. Pings without a client id count as nobody's.
//
//   GET /api/PingAggregates/?crash_id=
#pragma once

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::int64_t kPingAggregateDays = 90;

http::Response PingAggregates(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
