// Limits that a writer and a reader of the same data share.
#pragma once

#include <cstdint>

namespace cairn::model {

// Calls inlined into each other at one address; template code nests in the tens.
inline constexpr std::uint32_t kMaxInlineDepth = 128;

}  // namespace cairn::model
