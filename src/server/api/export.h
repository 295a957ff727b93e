// GET /api/Export/: all hits of a search as one file, for spreadsheets and scripts.
//
// The hits are read page by page and written into a nameless file, which is then sent: neither they nor the
// answer lie in memory, and a client that is slow holds no search. Each crash is in it once, whatever arrives
// meanwhile. An export that was cut says so.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

http::Response Export(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
