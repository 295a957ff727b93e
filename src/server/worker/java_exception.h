// The annotation JavaException, as reports and both kinds of Glean pings bring it, without what it says.
//
// Of reports: analysis/signature_json/java_exception.h. Of Glean (`crash.java_exception`), whose keys Android
// writes in camel case: {"throwables": [{"message", "type_name", "stack": [{"class_name", "method_name",
// "file"}]}]}, the one that was thrown first; and before that {"messages": [], "stack": [...]}, in which only
// messages name the class.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "analysis/signature/signature_input.h"

namespace cairn::worker {

// In the form of reports: the class, and the frame that threw. Empty if there is no exception in it.
std::string ReduceJavaException(std::string_view annotation);

// What the rules read of an annotation in the form of reports; nothing if it is no JSON, or empty.
std::optional<signature::JavaException> ReadJavaException(std::string_view annotation);

}  // namespace cairn::worker
