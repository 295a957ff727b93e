#include "analysis/symgen/pe_module.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "analysis/symgen/cfi_text.h"
#include "analysis/symgen/code_map.h"
#include "analysis/symgen/pdb_reader.h"
#include "analysis/symgen/windows_name.h"
#include "formats/dwarf/eh_frame.h"
#include "formats/native_unwind/arm64_unwind_table.h"
#include "formats/native_unwind/x64_unwind_table.h"
#include "formats/object/pe_file.h"

namespace cairn::symgen {

using base::Bytes;
using base::Code;
using base::Error;
using object::PeFile;

namespace {

struct SectionRow {
  std::string_view name;
  Bytes dwarf::DebugSections::* place;
};
constexpr std::array kSections = {SectionRow{".debug_info", &dwarf::DebugSections::info},
                                  SectionRow{".debug_abbrev", &dwarf::DebugSections::abbreviations},
                                  SectionRow{".debug_line", &dwarf::DebugSections::line},
                                  SectionRow{".debug_line_str", &dwarf::DebugSections::line_strings},
                                  SectionRow{".debug_str", &dwarf::DebugSections::strings},
                                  SectionRow{".debug_str_offsets", &dwarf::DebugSections::string_offsets},
                                  SectionRow{".debug_addr", &dwarf::DebugSections::addresses},
                                  SectionRow{".debug_ranges", &dwarf::DebugSections::ranges},
                                  SectionRow{".debug_rnglists", &dwarf::DebugSections::range_lists}};

dwarf::DebugSections ReadSections(const PeFile& file) {
  dwarf::DebugSections sections;
  for (const SectionRow& row : kSections) {
    if (const auto* section = file.FindSection(row.name)) sections.*row.place = file.SectionBytes(*section);
  }
  return sections;
}

std::vector<AddressRange> FindCode(const PeFile& file) {
  std::vector<AddressRange> code;
  for (const object::PeSection& section : file.sections()) {
    if (section.executable && section.memory_size != 0) code.push_back({section.start, section.memory_size});
  }
  return code;
}

void AddSymbol(std::string_view name, model::ModuleOffset offset, bool global, ModuleInput& module) {
  WindowsName read = ReadWindowsName(name, module.cpu);
  module.symbols.push_back({.name = module.symbol_names.emplace_back(std::move(read.text)),
                            .offset = offset,
                            .global = global,
                            .parameter_bytes = read.parameter_bytes});
}

// Exports of data stand among those of functions.
void AddSymbols(const PeFile& file, ModuleInput& module) {
  const CodeMap code(module.code, 0);
  for (const object::PeExport& symbol : file.Exports()) {
    if (code.Contains(symbol.offset)) AddSymbol(symbol.name, symbol.offset, true, module);
  }
  for (const object::PeSymbol& symbol : file.FunctionSymbols()) {
    if (code.Contains(symbol.offset)) AddSymbol(symbol.name, symbol.offset, symbol.external, module);
  }
}

// The CODE_ID of Breakpad: the timestamp in upper case and the size in lower case.
std::string CodeId(const PeFile& file) {
  std::string id = file.code_id();
  constexpr std::size_t kTimestampDigits = 8;
  for (std::size_t i = 0; i < std::min(id.size(), kTimestampDigits); ++i) {
    if (id[i] >= 'a' && id[i] <= 'f') id[i] = static_cast<char>(id[i] - 'a' + 'A');
  }
  return id;
}

// GNU tools write .eh_frame where there is no .pdata.
std::optional<dwarf::EhFrame> FindEhFrame(const PeFile& file) {
  const object::PeSection* const section = file.FindSection(".eh_frame");
  if (section == nullptr) return std::nullopt;
  dwarf::EhFrame::Input input;
  input.section.bytes = file.SectionBytes(*section);
  input.section.pointers.section_address = file.image_base() + section->start.value;
  input.section.pointers.address_bytes = model::PointerBytes(file.cpu());
  input.load_base = file.image_base();
  input.cpu = file.cpu();
  auto table = dwarf::EhFrame::Create(input);
  if (!table) return std::nullopt;
  return *std::move(table);
}

UnwindCount PrintUnwind(const PeFile& file, const std::optional<dwarf::EhFrame>& eh_frame,
                        TextWriter& writer) {
  UnwindCount count;
  const model::RegisterTable* const table = model::FindRegisterTable(file.cpu());
  if (table == nullptr) return count;
  const auto print = [&](const std::vector<dwarf::FrameRow>& rows) {
    PrintCfi(rows, *table, writer);
    ++(rows.empty() ? count.complaints : count.ranges);
  };
  if (eh_frame) {
    count.complaints += eh_frame->bad_entries();
    for (const dwarf::FrameRange& range : eh_frame->ranges()) print(eh_frame->Rows(range));
  }
  if (file.cpu() == model::Cpu::kAmd64) {
    const native::X64UnwindTable functions(file);
    for (std::size_t i = 0; i < functions.function_count(); ++i) {
      const native::X64Function function = functions.function(i);
      const bool known = eh_frame.has_value() && eh_frame->FindRange({function.begin}) != nullptr;
      if (!known && function.begin < function.end) print(functions.Rows(function));
    }
  }
  if (file.cpu() == model::Cpu::kArm64) {
    const native::Arm64UnwindTable functions(file);
    for (std::size_t i = 0; i < functions.function_count(); ++i) print(functions.Rows(i));
  }
  return count;
}

// What `debug_file` adds to the image.
base::Status AddDebugFile(Bytes debug_file, ModuleInput& module) {
  if (IsPdb(debug_file)) {
    ASSIGN_OR_RETURN(const ModuleInput pdb, OpenPdbModule(debug_file));
    // The image may name an older age of the same PDB, so only the GUIDs must be equal.
    constexpr std::size_t kGuidDigits = 32;
    const bool same = module.debug_id.empty() ||
                      module.debug_id.text.substr(0, kGuidDigits) == pdb.debug_id.text.substr(0, kGuidDigits);
    if (!same) return Error{Code::kBadValue, 0, "GUID of the PDB: it belongs to another build"};
    module.debug_id = pdb.debug_id;
    module.pdb = debug_file;
    return {};
  }
  ASSIGN_OR_RETURN(const PeFile file, PeFile::Open(debug_file));
  if (!file.debug_id().empty() && file.debug_id() != module.debug_id)
    return Error{Code::kBadValue, 0, "id of the debug file: it belongs to another build"};
  module.dwarf.sections = ReadSections(file);
  AddSymbols(file, module);
  return {};
}

}  // namespace

base::Result<ModuleInput> OpenPeModule(const PeFiles& files) {
  ASSIGN_OR_RETURN(const PeFile file, PeFile::Open(files.file));
  ModuleInput module;
  module.system = "windows";
  module.cpu = file.cpu();
  module.debug_id = file.debug_id();
  module.code_id = CodeId(file);
  module.code_file = files.code_file;
  module.code = FindCode(file);
  module.load_base = file.image_base();
  AddSymbols(file, module);
  if (files.debug_file) {
    RETURN_IF_ERROR(AddDebugFile(*files.debug_file, module));
  } else {
    module.dwarf.sections = ReadSections(file);
  }
  const auto eh_frame = std::make_shared<const std::optional<dwarf::EhFrame>>(FindEhFrame(file));
  module.print_unwind = [file, eh_frame](TextWriter& writer) { return PrintUnwind(file, *eh_frame, writer); };
  return module;
}

}  // namespace cairn::symgen
