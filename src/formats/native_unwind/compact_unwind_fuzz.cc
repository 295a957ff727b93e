#include "formats/native_unwind/compact_encoding.h"
#include "formats/native_unwind/compact_unwind.h"

// Takes arbitrary bytes for an __unwind_info section and turns what is found into rows.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::native;
  const auto bytes = std::as_bytes(std::span(data, size));
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const CompactUnwind unwind(bytes, order);
    for (std::uint64_t offset = 0; offset < 0x2000; offset += 8) {
      const auto entry = unwind.Find({offset});
      if (!entry) continue;
      (void)RowOfX64Encoding(entry->encoding, bytes);
      (void)RowOfX86Encoding(entry->encoding, bytes);
      (void)RowOfArm64Encoding(entry->encoding);
    }
  }
  return 0;
}
