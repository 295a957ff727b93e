// Signatures of crashes in Java, which come as the text of an exception or as the JSON of one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/signature_input.h"

namespace cairn::signature {

struct JavaSignature {
  std::string text;
  std::vector<std::string> notes;
};

// "java.lang.X: words\n\tat a.B.f(B.java:12)\n..." to "java.lang.X: words at a.B.f(B.java)".
JavaSignature SignJavaStackTrace(std::string_view stack_trace);

// The frame that threw the first exception: "java.io.IOException: at a.B.f(B.kt)".
JavaSignature SignJavaException(const JavaException& exception);

}  // namespace cairn::signature
