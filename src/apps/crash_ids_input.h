// The crash ids that commands are given: as arguments, or one a line on standard input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cairn::apps {

// Puts what standard input holds in the place of an id "-". False, and `verb` has said why, if it cannot be
// read.
bool TakeIdsOfInput(std::string_view verb, std::vector<std::string>& ids);

}  // namespace cairn::apps
