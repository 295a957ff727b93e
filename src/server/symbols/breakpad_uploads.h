// What Breakpad's own uploaders send symbols by.
//
// Version 1 (`symupload`): one form with the file and what it is. Success is 200 and nothing else.
//
//   POST /symupload    debug_file, debug_identifier, code_file, os, cpu, version, product; file symbol_file
//
// Version 2 (`sym_upload`), of whose answers the clients read by regular expressions: one blank stands behind
// each colon, and no text holds an escaped quote. In place of an Auth-Token they send ?key=TOKEN.
//
//   GET  /v1/symbols/<file>/<id>:checkStatus   {"status": "FOUND"}
//   POST /v1/uploads:create                    {"uploadUrl": "...","uploadKey": "..."}
//   PUT  uploadUrl                             200 (part_upload.h)
//   POST /v1/uploads/<key>:complete            {"result": "OK"}, or "DUPLICATE_DATA"
#pragma once

#include <vector>

#include "server/symbols/upload_v2.h"

namespace cairn::symbols {

// The protocol of an upload's record, by which its sessions are told from others.
inline constexpr std::string_view kSymUploadV2 = "sym-upload-v2";

std::vector<http::Route> MakeBreakpadRoutes(const SessionUploadParts& parts);

}  // namespace cairn::symbols
