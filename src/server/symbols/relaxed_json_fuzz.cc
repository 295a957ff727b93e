// Any text as the body of an uploader: what is read has no more members than are allowed, and reads the same
// written properly.
#include "server/symbols/relaxed_json.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::symbols;
  const auto values = ReadRelaxedObject({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!values) return 0;
  if (values->size() > kMaxRelaxedMembers) std::abort();
  for (const auto& [name, value] : *values) {
    if (name.size() + value.size() > 2 * size) std::abort();
  }
  return 0;
}
