#include "formats/object/macho_file.h"

// Takes arbitrary bytes for a fat archive or a single file and reads everything that each file offers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cairn::object::MachOFile;
  const auto slices = cairn::object::MachOSlices(std::as_bytes(std::span(data, size)));
  if (!slices) return 0;
  for (const auto& slice : *slices) {
    const auto file = MachOFile::Open(slice.bytes);
    if (!file) continue;
    (void)file->debug_id();
    (void)file->Symbols();
    (void)file->FunctionStarts();
    for (const auto& segment : file->segments()) (void)file->BytesAt(file->OffsetOf(segment.address));
  }
  return 0;
}
