// Signatures as settings, over HTTP: what is in force, previews, changes, their history, and where old
// signatures went.
//
//   GET  /api/Signing/                what is in force, and how far history is signed by it
//   GET  /api/Signing/history/        with before=&count=
//   POST /api/Signing/preview/        what would become of all crashes; nothing is changed
//   POST /api/Signing/save/           history is signed again in the background; likewise:
//   POST /api/Signing/undo/, merge/, rename/, split/
//   GET  /api/ResolveSignature/       with signature=: those of today
//   GET  /api/SimilarSignatures/      with signature=&count=: alike ones, and the frames that matched
//
// Bodies and answers: settings_json.h. All but the last two need the permission to administer; those tell
// of signatures that the caller sees, and nothing of others.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/search/crash_index.h"
#include "server/signing/signing.h"
#include "server/store/audit_log.h"

namespace cairn::signing {

inline constexpr std::size_t kMaxHistoryShown = 100;
inline constexpr std::size_t kMaxSimilarShown = 50;

// Those of the signatures that some crash has which the caller sees.
using VisibleSignatures = std::function<base::Result<std::vector<std::string>>(
    const http::Request& request, const std::vector<std::string>& signatures)>;

// Queries that together find the crashes that a caller sees; absent: every crash.
using SeenCrashes = std::optional<std::vector<search::Query>>;

struct SigningRouteParts {
  Signing& signing;                  // Borrowed, as all of these.
  const search::CrashIndex& index;   // That it signs.
  store::AuditLog* audit = nullptr;  // Told of changes. Null: nobody is.
  VisibleSignatures visible = {};    // Empty: all are.
  // Frames are shown of these crashes alone. Empty: of all.
  std::function<base::Result<SeenCrashes>(const http::Caller& caller)> seen = {};
  // How long what a request asks of the index may take. Empty: for ever.
  std::function<search::Deadline(const http::Request& request)> deadline = {};
};

std::vector<http::Route> MakeSigningRoutes(const SigningRouteParts& parts);

}  // namespace cairn::signing
