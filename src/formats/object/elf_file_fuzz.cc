#include "formats/object/compressed_section.h"
#include "formats/object/elf_file.h"

// Reads everything that an ElfFile offers of arbitrary bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cairn::object::ElfFile;
  const auto file = ElfFile::Open(std::as_bytes(std::span(data, size)));
  if (!file) return 0;
  (void)file->Identifier();
  (void)file->FunctionSymbols();
  for (const auto& section : file->sections()) (void)file->SectionBytes(section);
  (void)cairn::object::UnpackDebugSection(*file, "frame");
  for (const auto& segment : file->segments()) (void)file->BytesAt(segment.address);
  return 0;
}
