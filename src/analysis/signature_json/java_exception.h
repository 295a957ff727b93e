// A structured Java exception as JSON, as clients send it in the annotation JavaException:
//
// {"exception": {"values": [{"stacktrace": {"module", "type", "frames": [{"module", "function",
// "filename"}]}}]}}
#pragma once

#include <optional>
#include <string>

#include "analysis/signature/signature_input.h"

namespace simdjson::dom {
class element;
}  // namespace simdjson::dom

namespace cairn::signature_json {

// What the rules read of it. What is null or empty is no exception; what is there and has another form is one
// without a stack.
std::optional<signature::JavaException> ReadJavaException(const simdjson::dom::element& json);

// JSON of which the same is read, and nothing else; names are cut to signature::kMaxJavaNameBytes.
std::string WriteJavaException(const signature::JavaException& exception);

}  // namespace cairn::signature_json
