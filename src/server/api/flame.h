// The stacks of the crashes that a search finds, as one tree from the outermost frame inwards.
//
//   GET /api/Flame/   filters of Super Search; thread=crashing|any, stacks_max (2,000)
//                     -> {"total", "shown", "root": {"name", "module", "count", "children": [...], "cut"}}
#pragma once

#include "server/api/api.h"

namespace cairn::api {

inline constexpr std::size_t kFlameStacks =
    2'000;                                       // Of the most frequent ones, if nothing else is asked for.
inline constexpr std::size_t kFlameDepth = 200;  // Frames from the outermost; recursion has thousands.
inline constexpr double kFlameShareMin = 0.001;  // Of what is shown; narrower ones cannot be seen.

http::Response Flame(const ApiParts& parts, const http::Request& request);

}  // namespace cairn::api
