#include <cstdlib>
#include <span>

#include "formats/symfile/text_normalize.h"

// What is plain is not copied; what is not comes out bounded, and the compiler's reader takes no harm of it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const base::Bytes bytes = std::as_bytes(std::span(data, size));
  const auto text = symfile::NormalizeSymbolFile(bytes);
  if (!text) return 0;
  if (text->is_plain() && (text->text().data() != bytes.data() || text->text().size() != size)) std::abort();
  // A unit of UTF-16 makes three bytes at most.
  if (text->wrappings().empty() && text->text().size() > size / 2 * 3 + size) std::abort();
  return 0;
}
