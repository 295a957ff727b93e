// The steps of JSON pointers (RFC 6901).
#pragma once

#include <string>
#include <string_view>

namespace cairn::json_schema {

// The name of a member as a step: "a/b" as "a~1b", "~" as "~0".
inline std::string EscapeStep(std::string_view name) {
  std::string step;
  for (const char c : name) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

}  // namespace cairn::json_schema
