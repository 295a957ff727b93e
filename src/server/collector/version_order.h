// Which of two versions is older, as people number programs.
//
// Versions are numbers between dots; a missing one is zero. Behind a number, letters mean a step on the way
// to it: 52.0a1 < 52.0b3 < 52.0rc1 < 52.0, and 1.2.0-rc.1 < 1.2.0. "esr" means nothing, nor does what follows
// "+".
#pragma once

#include <compare>
#include <string_view>

namespace cairn::collector {

std::weak_ordering CompareVersions(std::string_view a, std::string_view b);

}  // namespace cairn::collector
