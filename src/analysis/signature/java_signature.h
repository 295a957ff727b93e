// Signatures of crashes in Java, which come as the text of an exception or as the JSON of one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/signature_input.h"

namespace cairn::signature {

// Of each name of a structured exception, and of a line of a trace that is kept; signatures have 255.
inline constexpr std::size_t kMaxJavaNameBytes = 1 << 10;

struct JavaSignature {
  std::string text;
  std::vector<std::string> notes;
};

// "java.lang.X: words\n\tat a.B.f(B.java:12)\n..." to "java.lang.X: words at a.B.f(B.java)".
JavaSignature SignJavaStackTrace(std::string_view stack_trace);

// The class and the first place of a trace, without what the exception says, as such a trace:
// "java.lang.X:\n\tat a.B.f(B.java:12)". Its signature is that of the whole trace if that has no message, or
// one that is too long for a signature. Lines are told from those of a message as where everybody sees the
// trace (server/registry/public_form.h). Empty is what does not begin with the name of a class.
std::string ReduceJavaStackTrace(std::string_view stack_trace);

// The frame that threw the first exception: "java.io.IOException: at a.B.f(B.kt)".
JavaSignature SignJavaException(const JavaException& exception);

}  // namespace cairn::signature
