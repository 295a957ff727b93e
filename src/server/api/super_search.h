// GET /api/SuperSearch/: the search itself, with what its clients elsewhere expect around it.
//
// A product that nobody knows is a mistake (400). Weeks of the window of which nothing is kept any more are
// told in "errors". With _return_query the search is not run: the answer is what would be asked, as Cairn
// understood it. Rows of pings that go out are noted in the audit.
#pragma once

#include "server/api/api.h"

namespace cairn::api {

http::Response SuperSearch(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
