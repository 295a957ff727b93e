// Which Cairn this is: the same number as in the project() line of CMakeLists.txt.
#pragma once

#include <string_view>

namespace cairn::base {

inline constexpr std::string_view kVersionText = "cairn 0.1.0";

}  // namespace cairn::base
