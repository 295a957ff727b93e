// The signature of a program that did not end in time: the phase of its shutdown, and what that waited for.
//
// The annotation AsyncShutdownTimeout is JSON: {"phase": "profile-before-change", "conditions": [{"name":
// "..."}, "..."]}.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cairn::signature {

// Of a phase, and of the names together; signatures have 255.
inline constexpr std::size_t kMaxShutdownPartBytes = 1 << 10;

struct ShutdownTimeout {
  std::string failure;    // The rule cannot be applied, because of this; empty: it can.
  std::string signature;  // "AsyncShutdownTimeout | phase | name,name".
  std::string mistake;    // What could not be read of the annotation; empty: nothing.
};

ShutdownTimeout ReadShutdownTimeout(std::string_view annotation);

// The least annotation of which the same signature is made: the phase, and the names as one. Empty if the
// rule cannot be applied. What was wrong with JSON that cannot be read is lost, that it cannot be read is
// not.
std::string ReduceShutdownTimeout(std::string_view annotation);

}  // namespace cairn::signature
