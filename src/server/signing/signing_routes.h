// Signatures as settings, over HTTP: what is in force, previews, changes, their history, and where old
// signatures went.
//
//   GET  /api/Signing/                  what is in force, decisions, and how far history is signed by it
//   GET  /api/Signing/history/?before=&count=
//   POST /api/Signing/preview/          {"lists", "rules"}: what would become of all crashes; nothing is
//   changed POST /api/Signing/save/, undo/      history is signed again in the background POST
//   /api/Signing/merge/, rename/, split/ GET  /api/ResolveSignature/?signature=   anybody may ask, as of
//   searches
//
// Bodies and answers: settings_json.h. All but the last need the permission to administer.
#pragma once

#include <vector>

#include "server/http/router.h"
#include "server/signing/signing.h"
#include "server/store/audit_log.h"

namespace cairn::signing {

inline constexpr std::size_t kMaxHistoryShown = 100;

struct SigningRouteParts {
  Signing& signing;                  // Borrowed.
  store::AuditLog* audit = nullptr;  // Told of changes. Null: nobody is.
};

std::vector<http::Route> MakeSigningRoutes(const SigningRouteParts& parts);

}  // namespace cairn::signing
