// The frames of a stack as they are compared: normalised names without what the lists call noise.
#pragma once

#include <string>
#include <vector>

#include "analysis/signature/lists.h"
#include "analysis/signature/signature_input.h"

namespace cairn::similar {

// Innermost first. A frame without a name is its place: module, build and a rounded offset. A function that
// calls itself stands twice at most.
std::vector<std::string> ComparableFrames(const signature::SignatureInput& input,
                                          const signature::SignatureLists& lists);

}  // namespace cairn::similar
