#include "analysis/symgen/generate.h"

#include <utility>
#include <vector>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/debug_info.h"
#include "analysis/symgen/dwarf_reader.h"
#include "analysis/symgen/elf_module.h"
#include "analysis/symgen/macho_module.h"
#include "analysis/symgen/module_input.h"
#include "analysis/symgen/pdb_reader.h"
#include "analysis/symgen/pe_module.h"
#include "analysis/symgen/public_symbols.h"
#include "analysis/symgen/symbol_text.h"

namespace cairn::symgen {

using base::Code;
using base::Error;

namespace {

base::Result<ModuleInput> OpenModule(const GenerateInput& input) {
  const std::string_view start = base::AsText(input.file);
  if (start.starts_with("\x7f"
                        "ELF")) {
    return OpenElfModule({.file = input.file,
                          .debug_file = input.debug_file,
                          .shared_file = input.shared_file,
                          .threads = input.threads,
                          .split_package = input.split_package,
                          .open_split = input.open_split});
  }
  if (start.starts_with("MZ")) return OpenPeModule({input.file, input.debug_file, input.code_file});
  if (IsPdb(input.file)) return OpenPdbModule(input.file);
  if (IsMachO(input.file)) return OpenMachOModule(input.file, input.debug_file);
  return Error{Code::kBadMagic, 0, "file magic"};
}

base::Result<ModuleInput> OpenKnownModule(const GenerateInput& input) {
  ASSIGN_OR_RETURN(ModuleInput module, OpenModule(input));
  if (ArchitectureName(module.cpu).empty()) return Error{Code::kUnsupported, 0, "CPU of the file"};
  if (module.debug_id.empty()) return Error{Code::kNotFound, 0, "id to know the module by"};
  return module;
}

}  // namespace

base::Result<GeneratedSymbols> GenerateSymbols(const GenerateInput& input, const TextSink& sink) {
  ASSIGN_OR_RETURN(ModuleInput module, OpenKnownModule(input));
  DebugInfo info;
  if (module.pdb.empty()) {
    info = ReadDwarf(std::move(module.dwarf), CodeMap(module.code, module.load_base), input.threads);
  } else {
    ASSIGN_OR_RETURN(info, ReadPdb(module));
  }
  SortSymbols(module.symbols);
  TakeSymbolNames(module.symbols, info);
  const std::vector<PublicSymbol> symbols = ChoosePublicSymbols(module.symbols, info.functions);

  TextWriter writer(sink);
  PrintModule(module, input.name, writer);
  PrintDebugInfo(info, writer);
  PrintPublicSymbols(symbols, writer);
  PrintWindowsFrames(module.frames, writer);
  const UnwindCount unwind = module.print_unwind ? module.print_unwind(writer) : UnwindCount();
  RETURN_IF_ERROR(writer.Finish());
  return GeneratedSymbols{.debug_id = module.debug_id,
                          .functions = info.functions.size(),
                          .public_symbols = symbols.size(),
                          .unwind_ranges = unwind.ranges,
                          .complaints = info.complaints + unwind.complaints,
                          .missing_units = info.missing_units};
}

}  // namespace cairn::symgen
