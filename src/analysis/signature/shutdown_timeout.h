// The signature of a program that did not end in time: the phase of its shutdown, and what that waited for.
//
// The annotation AsyncShutdownTimeout is JSON: {"phase": "profile-before-change", "conditions": [{"name":
// "..."},
// "..."]}.
#pragma once

#include <string>
#include <string_view>

namespace cairn::signature {

struct ShutdownTimeout {
  std::string failure;    // The rule cannot be applied, because of this; empty: it can.
  std::string signature;  // "AsyncShutdownTimeout | phase | name,name".
  std::string mistake;    // What could not be read of the annotation; empty: nothing.
};

ShutdownTimeout ReadShutdownTimeout(std::string_view annotation);

}  // namespace cairn::signature
