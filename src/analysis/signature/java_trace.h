// Lines of a Java stack trace as text, told from the further lines of what an exception says, which may quote
// what a person did.
#pragma once

#include <string>
#include <string_view>

namespace cairn::signature {

// Letters, digits, "." "_" and "$", at least one.
bool IsJavaClassName(std::string_view text);

// A line behind the first one, without a message: "\tat a.B.f(B.java:7)", "\t... 12 more", and of "Caused by:
// java.io.X: words" what stands before the words. Empty if it is no line of a stack.
std::string_view JavaStackLine(std::string_view line);

}  // namespace cairn::signature
