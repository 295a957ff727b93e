// GET /api/RuleChanges/: when which rules of the collector took effect, so that a plot can draw a line where
// numbers from before and after do not compare. Anybody may know that; what the rules say is shown to whoever
// may administer, by GET /api/RuleSet/?revision=.
#pragma once

#include <vector>

#include "server/http/router.h"
#include "server/store/blob_store.h"

namespace cairn::collector {

inline constexpr std::size_t kMaxListedRuleChanges = 1'000;  // The newest; each is an object to be read.

// `blobs` must outlive the routes.
std::vector<http::Route> MakeRuleRoutes(const store::BlobStore& blobs);

}  // namespace cairn::collector
