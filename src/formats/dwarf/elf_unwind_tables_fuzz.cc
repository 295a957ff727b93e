#include "formats/dwarf/elf_unwind_tables.h"

#include "formats/object/compressed_section.h"

// Takes arbitrary bytes for an ELF file and asks for the rows at the ends of every range. A compressed
// .debug_frame is unpacked first.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto file = cairn::object::ElfFile::Open(std::as_bytes(std::span(data, size)));
  if (!file) return 0;
  const auto unpacked = cairn::object::UnpackDebugSection(*file, "frame");
  const auto tables = cairn::dwarf::ElfUnwindTables::Create(
      *file, unpacked ? cairn::base::Bytes(*unpacked) : cairn::base::Bytes());
  if (!tables) return 0;
  for (const cairn::dwarf::FrameRange& range : tables->eh_frame().ranges()) {
    (void)tables->FindUnwindRow(range.start);
    (void)tables->FindCode({range.start.value + range.size - 1});
  }
  return 0;
}
