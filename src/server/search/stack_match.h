// Finds the steps of a StackClause in one stack, given which frames of which addresses pass each step's
// tests.
//
// An address stands for one frame, or for several where calls were inlined; frames are counted from the
// innermost.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <span>
#include <vector>

#include "server/search/stack_query.h"

namespace cairn::search {

// The frames that pass the tests of one step: of each address the places among its frames, in rising order.
using StepFrames = boost::unordered_flat_map<std::int64_t, std::vector<std::uint32_t>>;

// How many frames an address stands for. One that is not there has one.
using FrameCounts = boost::unordered_flat_map<std::int64_t, std::uint32_t>;

// Whether a stack of these addresses, innermost first, has frames for all steps, in their order and no
// further apart than they say. `frames` has one entry for each step. Of `counts` only what lies between two
// steps with a limited gap matters.
bool HasSteps(std::span<const std::int64_t> addresses, std::span<const StackStep> steps,
              std::span<const StepFrames> frames, const FrameCounts& counts);

}  // namespace cairn::search
