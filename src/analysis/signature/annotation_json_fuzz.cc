// Any text as the JSON of an annotation: it is read or a mistake is said, and a signature can be made of it
// and of what is kept of it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "analysis/signature/annotation_json.h"
#include "analysis/signature/shutdown_timeout.h"
#include "base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::signature;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto read = ReadAnnotationJson(text);
  if (const auto* const mistake = std::get_if<JsonMistake>(&read)) {
    if (mistake->text.empty()) std::abort();
  } else {
    (void)PythonText(std::get<JsonValue>(read));
  }
  const ShutdownTimeout timeout = ReadShutdownTimeout(text);
  if (timeout.failure.empty() && !timeout.signature.starts_with("AsyncShutdownTimeout | ")) std::abort();
  // What is kept of it says the same, is read, and cannot be reduced further. The collector lets no other
  // text through than UTF-8.
  if (!cairn::base::IsUtf8(text)) return 0;
  const std::string reduced = ReduceShutdownTimeout(text);
  if (reduced.empty() == timeout.failure.empty()) std::abort();
  if (!reduced.empty() && ReadShutdownTimeout(reduced).signature != timeout.signature) std::abort();
  if (!reduced.empty() && ReduceShutdownTimeout(reduced) != reduced) std::abort();
  return 0;
}
