// Tecken's second upload protocol: the client says what it has, is told what is wanted and where to, and
// sends each file by itself (part_upload.h).
//
//   POST /upload/auth_info/          who the token stands for, and which protocol to use
//   POST /upload/v2/                 {"files":[{"key","size","md5_hash"}]} to
//   {"id","files":[{"key","action"}]} POST /upload/v2/<id>/complete    what Tecken lacks: the end of the
//   upload, with the state of each file
//
// A file is stored when its PUT is answered by 200; the end only closes the record. So a client that knows
// nothing of /complete leaves an upload whose completed_at is null, and nothing else.
#pragma once

#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/symbol_store/symbol_intake.h"
#include "server/symbols/upload_sessions.h"

namespace cairn::symbols {

// All borrowed.
struct SessionUploadParts {
  symbol_store::SymbolIntake& intake;
  UploadSessions& sessions;
  std::string public_url;  // Of this server; empty: as requests name it.
};

std::vector<http::Route> MakeUploadV2Routes(const SessionUploadParts& parts);

// Stores a file of a session of this protocol. As of FinishPart.
base::Status StoreSessionFile(const SessionUploadParts& parts, const Session& session, std::size_t index,
                              int fd, std::string& why);

}  // namespace cairn::symbols
