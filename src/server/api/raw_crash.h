// A report as it was submitted, and what the server has of a crash.
//
//   GET /api/RawCrash/   crash_id, format=meta (annotations) or raw (a dump; name: which one,
//   upload_file_minidump) GET /api/CrashVerify/   crash_id -> which of its parts there are GET
//   /api/MissingProcessedCrash/   reports that could not be processed
//
// Annotations go out in their public form, or whole with view_pii; dumps need view_rawdump. Both are noted in
// the audit. A ping was not submitted as a report: it has none of these.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::size_t kMaxRawCrashBytes = 64 << 20;
inline constexpr std::size_t kMaxMissingShown = 1'000;  // Of each lane.

http::Response RawCrash(const ApiParts& parts, const http::Request& request);
http::Response CrashVerify(const ApiParts& parts, const http::Request& request);
http::Response MissingProcessedCrash(const ApiParts& parts, const http::Request& request);

// The raw crash with nothing but what everybody may see of it.
base::Result<std::string> PublicRawCrash(std::string_view json, const registry::Registry& registry);

}  // namespace cairn::api
