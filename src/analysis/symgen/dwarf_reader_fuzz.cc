#include "analysis/symgen/dwarf_reader.h"

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/elf_module.h"

// Takes arbitrary bytes for an ELF file that shares debug information with itself, and has split it off into
// itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::symgen;
  const cairn::base::Bytes bytes = std::as_bytes(std::span(data, size));
  auto module =
      OpenElfModule({.file = bytes, .debug_file = bytes, .shared_file = bytes, .split_package = bytes});
  if (!module) return 0;
  module->dwarf.open_split = [bytes](const std::string&) { return std::optional(bytes); };
  const DebugInfo info = ReadDwarf(std::move(module->dwarf), CodeMap(module->code, module->load_base), 1);
  for (const FunctionRecord& function : info.functions) {
    if (function.name >= info.names.texts().size() || function.range.size == 0) __builtin_trap();
    for (const LineRecord& line : function.lines) {
      if (line.file >= info.files.texts().size() || line.range.end() > function.range.end()) __builtin_trap();
    }
  }
  return 0;
}
