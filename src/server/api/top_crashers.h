// The signatures that most crashes of a time have, and how that has changed since the time before.
//
//   GET /api/TopCrashers/   filters of Super Search; the window is that of `date`; _facets_size rows (50)
#pragma once

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::uint32_t kMaxTopCrashers = 1'000;

http::Response TopCrashers(const ApiParts& parts, const http::Request& request);

// GET /api/SignatureFirstDate/   signatures -> since when they are known
http::Response SignatureFirstDate(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
