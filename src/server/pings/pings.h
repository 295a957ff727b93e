// The edge: takes pings in both families of URLs, makes them durable, answers, and opens them afterwards.
//
// The body is not opened before the answer: any bytes get a 200 once they are safe, and a refused ping is
// kept with its reason (see fold_in.h). A client forgets a ping at any 4xx, so that own trouble is always a
// 5xx: it then keeps the ping and tries again.
#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/pings/ledger.h"
#include "server/pings/spool.h"
#include "server/store/audit_log.h"

namespace cairn::pings {

// Of path, query and each header that is kept: as at Mozilla's edge.
inline constexpr std::size_t kMaxUriBytes = 1024;

struct EdgeParts {
  Spool& spool;
  Ledger& ledger;
  std::set<std::string> namespaces;  // Those that are known; empty: every one that could be.
  std::function<void()> arrived;     // Called when there is something in the spool. May be empty.
  store::AuditLog* audit = nullptr;  // Told who sees or replays refused pings. Null: nobody is.
};

// The routes of the role. The parts must outlive them.
std::vector<http::Route> MakeRoutes(const EdgeParts& parts);

}  // namespace cairn::pings
