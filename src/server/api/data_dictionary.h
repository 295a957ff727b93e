// The data dictionary: what each annotation and each field of a processed crash is, and who may see it.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

// GET /api/DataDictionary/, for everybody. One row per annotation and one per field that the server makes.
http::Response DataDictionary(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
