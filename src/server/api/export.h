// GET /api/Export/: all hits of a search as one file (hits_file.h), for spreadsheets and scripts.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

http::Response Export(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
