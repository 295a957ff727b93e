// Several texts in one file, on the way to a worker or back: the length of each as digits, a line feed, the
// text.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::worker {

std::string JoinParts(std::span<const std::string> parts);

// They point into `text`. kBadValue if it has another form, kLimitExceeded if there are more than
// `parts_max`.
base::Result<std::vector<std::string_view>> SplitParts(std::string_view text, std::size_t parts_max);

}  // namespace cairn::worker
