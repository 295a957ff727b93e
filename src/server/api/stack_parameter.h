// The language of the parameter `stack`: frames in their order, by names and places (docs/SEARCH.md).
//
//   "mozilla::Widget::*" > module:"libxul.so" > ... > ~"Run" file:"*.cpp" > ...3 > @"start(_.*)?" >
//   at:"libc.so.6+0x1f"
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/search/stack_query.h"

namespace cairn::api {

// The steps, or why there are none, in words for whoever wrote the text.
std::variant<std::vector<search::StackStep>, std::string> ParseStackText(std::string_view text);

}  // namespace cairn::api
