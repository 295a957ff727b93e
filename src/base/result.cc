#include "base/result.h"

#include <system_error>

namespace cairn::base {

std::string Describe(const Error& error) {
  std::string text(error.what);
  text += ": ";
  switch (error.code) {
    case Code::kIo: return text + std::generic_category().message(static_cast<int>(error.offset));
    case Code::kRefused: return text + "the other side refused (status " + std::to_string(error.offset) + ")";
    case Code::kTimeout:
    case Code::kUnreachable:
    case Code::kNotFound: return text + std::string(CodeSentence(error.code));
    default:
      return text + std::string(CodeSentence(error.code)) + " (at byte " + std::to_string(error.offset) + ")";
  }
}

}  // namespace cairn::base
