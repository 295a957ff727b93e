// Crash data: the JSON object that signature generators of other projects take, read into a SignatureInput.
//
// {"os", "reason", "crashing_thread", "threads": [{"last_error_value", "frames": [{"module", "function",
// "file", "line", "offset", "module_offset", "debug_id", "unloaded_modules": [{"module"}], "inlines":
// [{"function", "file", "line"}]}]}], "java_stack_trace", "java_exception", "annotations": {}, "product",
// ...} and what SignatureInput takes of the annotations. Any field may be absent, null or of another type,
// which is the same as absent; fields that are not known are skipped. "async_shutdown_timeout" is text that is
// JSON, or the object itself.
#pragma once

#include <memory>
#include <string_view>

#include "analysis/signature/signature_input.h"
#include "base/result.h"

namespace simdjson::dom {
class element;
class parser;
}  // namespace simdjson::dom

namespace cairn::signature_json {

class CrashDataReader {
 public:
  CrashDataReader();
  ~CrashDataReader();

  // Fails if `json` is not one JSON object.
  base::Result<signature::SignatureInput> Read(std::string_view json);

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;  // Keeps its memory from one object to the next.
};

// The same of JSON that is read already. Fails if it is no object.
base::Result<signature::SignatureInput> ReadCrashData(const simdjson::dom::element& document);

}  // namespace cairn::signature_json
