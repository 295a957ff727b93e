// The lines of a text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cairn::base {

// Without their line feeds; a text that ends in one has no empty line behind it.
std::vector<std::string> SplitLines(std::string_view text);

}  // namespace cairn::base
