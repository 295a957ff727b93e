// Crash data: the JSON object that signature generators of other projects take, read into a SignatureInput.
//
// {"os", "reason", "crashing_thread", "threads": [{"last_error_value", "frames": [{"module", "function",
// "file", "line", "offset", "unloaded_modules": [{"module"}], "inlines": [{"function", "file", "line"}]}]}],
// ...} and what SignatureInput takes of the annotations. Any field may be absent, null or of another type,
// which is the same as absent; fields that are not known are skipped.
#pragma once

#include <memory>
#include <string_view>

#include "analysis/signature/signature_input.h"
#include "base/result.h"

namespace simdjson::dom {
class parser;
}

namespace cairn::apps {

class CrashDataReader {
 public:
  CrashDataReader();
  ~CrashDataReader();

  // Fails if `json` is not one JSON object.
  base::Result<signature::SignatureInput> Read(std::string_view json);

 private:
  std::unique_ptr<simdjson::dom::parser> parser_;  // Keeps its memory from one object to the next.
};

}  // namespace cairn::apps
