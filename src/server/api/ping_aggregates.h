// What everybody may know of crash pings: how many there are of a signature and product, which are named or
// those of a ping.
//
// Nobody was asked about a single ping, so a group says nothing of itself unless at least
// store::kFewestClients clients made it: of a ping in a smaller one nothing is told, not its signature
// either, and values that fewer clients have are left out. Pings without a client id count as nobody's.
//
//   GET /api/PingAggregates/?crash_id=
//   GET /api/PingAggregates/?signature=&product=
#pragma once

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::int64_t kPingAggregateDays = 90;

http::Response PingAggregates(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
