#include "formats/object/pe_file.h"

// Reads everything that a PeFile offers of arbitrary bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = cairn::object::PeFile::Open(std::as_bytes(std::span(data, size)));
  if (!file) return 0;
  (void)file->code_id();
  (void)file->Exports();
  (void)file->ExceptionDirectory();
  for (const auto& section : file->sections()) (void)file->BytesAt(section.start);
  return 0;
}
