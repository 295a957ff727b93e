// A report as it was submitted, and what the server has of a crash.
//
//   GET /api/RawCrash/   crash_id, format=meta (annotations) or raw (a dump; name: which one,
//                        upload_file_minidump)
//   GET /api/CrashVerify/   crash_id -> which of its parts there are, as far as the caller sees the crash
//   GET /api/MissingProcessedCrash/   page (1): reports that could not be processed
//
// Annotations go out in their public form, or whole with view_pii; dumps need view_rawdump. Both are noted in
// the audit. A ping was not submitted as a report: it has none of these.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::size_t kMaxRawCrashBytes = 64 << 20;
inline constexpr std::size_t kMissingOfPage = 1'000;
inline constexpr std::size_t kMaxMissingPages = 20;

http::Response RawCrash(const ApiParts& parts, const http::Request& request);
http::Response CrashVerify(const ApiParts& parts, const http::Request& request);
http::Response MissingProcessedCrash(const ApiParts& parts, const http::Request& request);

// The product that a report was submitted with; empty if there is no such report.
base::Result<std::string> ProductOfReport(const ApiParts& parts, const std::string& id);

// Whether the caller may know that a crash of this id is there; true for what is nowhere.
base::Result<bool> SeesCrash(const ApiParts& parts, const http::Caller& caller, const std::string& id);

// The raw crash with nothing but what everybody may see of it.
base::Result<std::string> PublicRawCrash(std::string_view json, const registry::Registry& registry);

}  // namespace cairn::api
