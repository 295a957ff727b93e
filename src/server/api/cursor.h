// A cursor is the place behind a page of hits as a text of the answer, which leads to the next page.
//
// It holds what the hit's sort fields hold and nothing more: it needs no memory here, does not expire, and
// grants nothing. Pages that follow each other show each crash once, whatever arrives meanwhile.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/search/query.h"

namespace cairn::api {

inline constexpr std::size_t kMaxCursorBytes = 16 << 10;  // As much as a request's header may have.

std::string MakeCursor(const std::vector<search::Sort>& sort, const search::HitPosition& position);

// Nothing if it is not the cursor of a query with this order.
std::optional<search::HitPosition> ReadCursor(const std::vector<search::Sort>& sort, std::string_view text);

}  // namespace cairn::api
