// Any text as base64: what comes out is no longer than it may be.
#include "server/http/base64.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto decoded =
      cairn::http::DecodeBase64({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (decoded && decoded->size() > size / 4 * 3) std::abort();
  return 0;
}
