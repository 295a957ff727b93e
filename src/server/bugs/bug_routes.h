// Which bugs are about which signatures, and links to make new ones: docs/api/openapi.yaml.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/bugs/tracker.h"
#include "server/http/router.h"
#include "server/store/audit_log.h"
#include "server/store/directory.h"

namespace cairn::bugs {

inline constexpr std::size_t kMaxBugQueryBytes = 1 << 20;  // Signatures of the longest kind, encoded.

// All borrowed; they must outlive the routes.
struct BugRouteParts {
  store::Directory& directory;
  std::vector<Tracker> trackers;     // The first one is meant where none is named.
  store::AuditLog* audit = nullptr;  // Null: nothing is noted.
  std::string public_url;            // Empty: as the client asks.
  // What the API answers to a search and for one crash. They are asked as somebody who sees only what is
  // public.
  http::Handler search;
  http::Handler processed_crash;
  // Those of the signatures that some crash has which the caller sees. Empty: all are.
  std::function<base::Result<std::vector<std::string>>(const http::Request& request,
                                                       const std::vector<std::string>& signatures)>
      visible_signatures = {};
};

std::vector<http::Route> MakeRoutes(const BugRouteParts& parts);

}  // namespace cairn::bugs
