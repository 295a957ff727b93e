// Reads the objects that Breakpad's uploaders send and that are almost JSON: names may stand without quotes,
// as in { symbol_id: {debug_file: "f", debug_id: "ID" }, symbol_upload_type: "BREAKPAD" }, and a comma may
// follow the last member. Proper JSON is read as well. Arrays are not: no uploader sends any.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::symbols {

inline constexpr int kMaxRelaxedDepth = 8;
inline constexpr std::size_t kMaxRelaxedMembers = 100;

// Values by the names that lead to them, joined by dots and in lower case without "_", because some clients
// write symbol_id and some symbolId: {"symbolid.debugfile": "f", ...}. Numbers, true and the like are their
// text. The first of several members of one name counts. kBadValue with the offset of what is not understood,
// kLimitExceeded past the limits above.
base::Result<std::map<std::string, std::string>> ReadRelaxedObject(std::string_view text);

}  // namespace cairn::symbols
