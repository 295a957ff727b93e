#include "analysis/symgen/macho_module.h"

#include <array>
#include <bit>
#include <memory>
#include <string_view>
#include <utility>

#include "analysis/symgen/cfi_text.h"
#include "analysis/symgen/code_map.h"
#include "formats/native_unwind/macho_binary.h"
#include "formats/object/macho_file.h"

namespace cairn::symgen {

using base::Bytes;
using base::Code;
using base::Error;
using object::MachOFile;

namespace {

// Names of sections have 16 characters at most.
struct SectionRow {
  std::string_view name;
  Bytes dwarf::DebugSections::* place;
};
constexpr std::array kSections = {SectionRow{"__debug_info", &dwarf::DebugSections::info},
                                  SectionRow{"__debug_abbrev", &dwarf::DebugSections::abbreviations},
                                  SectionRow{"__debug_line", &dwarf::DebugSections::line},
                                  SectionRow{"__debug_line_str", &dwarf::DebugSections::line_strings},
                                  SectionRow{"__debug_str", &dwarf::DebugSections::strings},
                                  SectionRow{"__debug_str_offs", &dwarf::DebugSections::string_offsets},
                                  SectionRow{"__debug_addr", &dwarf::DebugSections::addresses},
                                  SectionRow{"__debug_ranges", &dwarf::DebugSections::ranges},
                                  SectionRow{"__debug_rnglists", &dwarf::DebugSections::range_lists}};

dwarf::DebugSections ReadSections(const MachOFile& file) {
  dwarf::DebugSections sections;
  for (const SectionRow& row : kSections) {
    if (const auto* section = file.FindSection("__DWARF", row.name)) sections.*row.place = section->bytes;
  }
  return sections;
}

std::vector<AddressRange> FindCode(const MachOFile& file) {
  std::vector<AddressRange> code;
  for (const object::MachOSection& section : file.sections()) {
    if (section.code && section.size != 0) code.push_back({file.OffsetOf(section.address), section.size});
  }
  return code;
}

// C's names have an underscore before them, mangled ones too.
void AddSymbols(const MachOFile& file, ModuleInput& module) {
  const CodeMap code(module.code, 0);
  for (const object::MachOSymbol& symbol : file.Symbols()) {
    if (!code.Contains(symbol.offset)) continue;
    std::string_view name = symbol.name;
    if (name.starts_with('_')) name.remove_prefix(1);
    if (!name.empty())
      module.symbols.push_back({.name = name, .offset = symbol.offset, .global = symbol.external});
  }
}

UnwindCount PrintUnwind(const MachOFile& file, const native::MachOBinary& binary, TextWriter& writer) {
  UnwindCount count;
  const model::RegisterTable* const table = model::FindRegisterTable(file.cpu());
  if (table == nullptr) return count;
  for (const std::vector<dwarf::FrameRow>& rows : binary.Functions()) {
    PrintCfi(rows, *table, writer);
    ++count.ranges;
  }
  return count;
}

}  // namespace

bool IsMachO(Bytes bytes) { return object::MachOSlices(bytes).has_value(); }

base::Result<ModuleInput> OpenMachOModule(Bytes bytes, std::optional<Bytes> debug_bytes) {
  ASSIGN_OR_RETURN(const MachOFile file, MachOFile::Open(bytes));
  ASSIGN_OR_RETURN(const MachOFile debug_file, MachOFile::Open(debug_bytes.value_or(bytes)));
  if (file.byte_order() != std::endian::little)
    return Error{Code::kUnsupported, 0, "byte order of the Mach-O file"};
  if (file.debug_id() != debug_file.debug_id())
    return Error{Code::kBadValue, 0, "UUID of the debug file: it belongs to another build"};
  ModuleInput module;
  module.system = "mac";
  module.cpu = file.cpu();
  module.debug_id = file.debug_id();
  module.code_id = UpperHex(file.uuid());
  module.code = FindCode(file);
  module.load_base = file.load_base();
  AddSymbols(file, module);
  if (debug_bytes) AddSymbols(debug_file, module);
  module.dwarf.sections = ReadSections(debug_file);
  const auto binary = std::make_shared<const native::MachOBinary>(file);
  module.print_unwind = [file, binary](TextWriter& writer) { return PrintUnwind(file, *binary, writer); };
  return module;
}

}  // namespace cairn::symgen
