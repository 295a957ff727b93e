// Value is what a field of a crash holds.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace cairn::search {

// A missing value, a whole number (dates, in Unix milliseconds; 0 and 1 for no and yes), another number, or a
// text.
using Value = std::variant<std::monostate, std::int64_t, double, std::string>;

}  // namespace cairn::search
