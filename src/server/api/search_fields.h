// What scripts ask before they search: which fields there are, and what a build is called.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

// GET /api/SuperSearchFields/   each field with its type, as Super Search describes its own.
http::Response SuperSearchFields(const ApiParts& parts, const http::Request& request);

// GET /api/VersionString/   product, channel, build_id -> the versions that crashes of this build say, the
// most frequent first
http::Response VersionString(const ApiParts& parts, const http::Request& request);

// GET /api/NoOp/   nothing, for whoever wants to know whether the API answers.
http::Response NoOp(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
