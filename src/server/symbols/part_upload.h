// Sending one file of an upload session: PUT, whole or in pieces, as to Google's resumable storage sessions.
//
//   PUT without Content-Range           the whole file: 200 once it is stored
//   PUT, Content-Range: bytes A-B/N     a piece: 308 with "Range: bytes=0-L" of what is here, 200 with the
//   last PUT, Content-Range: bytes */N       a question: the same answers
//
// What arrived of a request that breaks off stays. A piece may begin before the end of what is here (its head
// is skipped) but not behind it (it is not taken, and the 308 says where to go on). A file that is not what
// was announced, or no symbol file, is 400 and forgotten: it can be sent anew. The URL is a secret; no token
// is needed.
#pragma once

#include <functional>
#include <vector>

#include "server/http/router.h"
#include "server/symbols/upload_sessions.h"

namespace cairn::symbols {

// Takes a file that has arrived whole, before the PUT that brought the last of it is answered.
// `why` is the sentence for the uploader if the file is at fault.
using FinishPart =
    std::function<base::Status(const Session& session, std::size_t index, int fd, std::string& why)>;

// `sessions` must outlive the routes.
std::vector<http::Route> MakePartUploadRoutes(UploadSessions& sessions, FinishPart finish);

// Where a file of a session is sent to, below the server's URL.
std::string PartUrlPath(const SessionPlace& place);

}  // namespace cairn::symbols
