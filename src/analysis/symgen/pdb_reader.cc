#include "analysis/symgen/pdb_reader.h"

#include <llvm/DebugInfo/CodeView/DebugFrameDataSubsection.h>
#include <llvm/DebugInfo/CodeView/SymbolDeserializer.h>
#include <llvm/DebugInfo/MSF/MappedBlockStream.h>
#include <llvm/DebugInfo/PDB/Native/DbiModuleList.h>
#include <llvm/DebugInfo/PDB/Native/ModuleDebugStream.h>
#include <llvm/DebugInfo/PDB/Native/PDBStringTable.h>
#include <llvm/DebugInfo/PDB/Native/RawConstants.h>
#include <llvm/DebugInfo/PDB/Native/SymbolStream.h>
#include <llvm/Object/COFF.h>

#include <algorithm>
#include <string_view>

#include "analysis/symgen/code_map.h"
#include "analysis/symgen/pdb_file.h"
#include "analysis/symgen/pdb_functions.h"
#include "analysis/symgen/pdb_lines.h"
#include "analysis/symgen/pdb_names.h"
#include "analysis/symgen/public_symbols.h"
#include "analysis/symgen/windows_name.h"

namespace cairn::symgen {
namespace {

constexpr std::string_view kMagic = "Microsoft C/C++ MSF 7.00\r\n";

void ReadPublics(const PdbFile& pdb, ModuleInput& module) {
  if (!pdb.file().hasPDBSymbolStream()) return;
  const llvm::pdb::SymbolStream* const stream = TakeExpected(pdb.file().getPDBSymbolStream());
  if (stream == nullptr) return;
  const CodeMap code(module.code, module.load_base);
  bool had_error = false;
  for (const llvm::codeview::CVSymbol& symbol : stream->getSymbols(&had_error)) {
    if (symbol.kind() != llvm::codeview::SymbolKind::S_PUB32) continue;
    const auto found =
        TakeExpected(llvm::codeview::SymbolDeserializer::deserializeAs<llvm::codeview::PublicSym32>(symbol));
    if (!found) continue;
    const auto offset = pdb.OffsetOf(found->Segment, found->Offset);
    if (!offset || !code.Contains({offset->value + module.load_base})) continue;
    const WindowsName name = ReadWindowsName({found->Name.data(), found->Name.size()}, module.cpu);
    module.symbols.push_back({.name = module.symbol_names.emplace_back(name.text),
                              .offset = *offset,
                              .global = true,
                              .parameter_bytes = name.parameter_bytes});
  }
}

// One format of old (FPO_DATA of winnt.h) and one of new compilers; a PDB may have both.
void ReadFrames(const PdbFile& pdb, std::vector<WindowsFrame>& frames) {
  llvm::pdb::PDBStringTable* const strings = TakeExpected(pdb.file().getStringTable());
  if (pdb.dbi().hasNewFpoRecords() && strings != nullptr) {
    for (const llvm::codeview::FrameData& data : pdb.dbi().getNewFpoRecords()) {
      const auto program = TakeExpected(strings->getStringForID(data.FrameFunc));
      if (data.CodeSize == 0 || !program) continue;
      frames.push_back({.range = {{data.RvaStart}, data.CodeSize},
                        .prologue_bytes = data.PrologSize,
                        .parameter_bytes = data.ParamsSize,
                        .saved_register_bytes = data.SavedRegsSize,
                        .local_bytes = data.LocalSize,
                        .max_stack_bytes = data.MaxStackSize,
                        .program = program->str()});
    }
  }
  if (pdb.dbi().hasOldFpoRecords()) {
    for (const llvm::object::FpoData& data : pdb.dbi().getOldFpoRecords()) {
      if (data.Size == 0) continue;
      const std::uint32_t attributes = data.Attributes;
      frames.push_back({.range = {{data.Offset}, data.Size},
                        .prologue_bytes = attributes & 0xff,
                        .parameter_bytes = std::uint32_t{data.NumParams} * 4,
                        .saved_register_bytes = (attributes >> 8 & 7) * 4,
                        .local_bytes = data.NumLocals * 4,
                        .allocates_base_pointer = (attributes >> 12 & 1) != 0});
    }
  }
  std::ranges::stable_sort(frames, {}, [](const WindowsFrame& frame) { return frame.range.start; });
}

// Of x86 the public symbol's name or, if that does not say it, the frame data tell what the caller pushed.
void TakeParameterBytes(const ModuleInput& module, DebugInfo& info) {
  for (FunctionRecord& function : info.functions) {
    const auto symbol =
        std::ranges::lower_bound(module.symbols, function.range.start, {}, &CodeSymbol::offset);
    if (symbol != module.symbols.end() && symbol->offset == function.range.start)
      function.parameter_bytes = symbol->parameter_bytes;
    if (function.parameter_bytes != 0) continue;
    const auto frame = std::ranges::lower_bound(module.frames, function.range.start, {},
                                                [](const WindowsFrame& f) { return f.range.start; });
    if (frame != module.frames.end() && frame->range.start == function.range.start)
      function.parameter_bytes = frame->parameter_bytes;
  }
}

}  // namespace

bool IsPdb(base::Bytes bytes) { return base::AsText(bytes).starts_with(kMagic); }

base::Result<ModuleInput> OpenPdbModule(base::Bytes bytes) {
  ASSIGN_OR_RETURN(const PdbFile pdb, PdbFile::Open(bytes));
  ModuleInput module;
  module.system = "windows";
  module.cpu = pdb.cpu();
  module.debug_id = pdb.debug_id();
  module.code = pdb.CodeRanges();
  module.pdb = bytes;
  return module;
}

base::Result<DebugInfo> ReadPdb(ModuleInput& module) {
  ASSIGN_OR_RETURN(const PdbFile pdb, PdbFile::Open(module.pdb));
  // In a PDB addresses count from the image's start.
  module.load_base = 0;
  ReadPublics(pdb, module);
  SortSymbols(module.symbols);
  ReadFrames(pdb, module.frames);

  DebugInfo info;
  PdbNames names(pdb, module.symbols);
  const CodeMap code(module.code, module.load_base);
  const llvm::pdb::DbiModuleList& units = pdb.dbi().modules();
  for (std::uint32_t i = 0; i < units.getModuleCount(); ++i) {
    const llvm::pdb::DbiModuleDescriptor descriptor = units.getModuleDescriptor(i);
    if (descriptor.getModuleStreamIndex() == llvm::pdb::kInvalidStreamIndex) continue;
    auto stream = TakeExpected(pdb.file().safelyCreateIndexedStream(descriptor.getModuleStreamIndex()));
    if (!stream) {
      ++info.complaints;
      continue;
    }
    llvm::pdb::ModuleDebugStreamRef unit(descriptor, std::move(*stream));
    if (llvm::Error error = unit.reload()) {
      llvm::consumeError(std::move(error));
      ++info.complaints;
      continue;
    }
    PdbLines lines(pdb, unit, code, info.files);
    info.complaints += lines.complaints();
    PdbFunctions({pdb, code, lines, names}, info).Read(unit);
  }
  SortFunctions(info);
  TakeParameterBytes(module, info);
  return info;
}

}  // namespace cairn::symgen
