// What people wrote about their crashes.
//
// A comment may hold anything that a person typed, so none is in the index: the reports that a search finds
// are read one by one, the newest first, as they were submitted. The audit names each whose comment goes out.
//
//   GET /api/Comments/   any filter of Super Search, _cursor   needs view_pii
#pragma once

#include <vector>

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::uint32_t kMaxReportsForComments = 500;  // Of one answer: some 100 ms.
inline constexpr std::size_t kMaxCommentBytes = 10'000;       // The crash itself has it whole.

void AddCommentsRoutes(const ApiParts& parts, std::vector<http::Route>& routes);

}  // namespace cairn::api
