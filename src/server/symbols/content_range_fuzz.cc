// Any text as Content-Range: a piece is not empty and lies in its file.
#include "server/symbols/content_range.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto range =
      cairn::symbols::ParseContentRange({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!range) return 0;
  if (range->is_question ? range->end != 0 : range->end <= range->begin) std::abort();
  if (range->total && range->end > *range->total) std::abort();
  return 0;
}
