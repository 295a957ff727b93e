#include "handler/dump_walk.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/pipeline/analyze.h"
#include "base/hex.h"
#include "formats/dwarf/elf_unwind_tables.h"
#include "formats/object/elf_file.h"
#include "os/file.h"

namespace cairn::handler {
namespace {

// The unwind tables of a file, and the bytes that they point into.
struct ModuleTables {
  os::MappedFile file;
  dwarf::ElfUnwindTables tables;
};

std::unique_ptr<ModuleTables> OpenTables(const model::Module& module) {
  if (!module.code_file.starts_with('/') || module.code_id.empty()) return nullptr;
  auto file = os::MappedFile::Open(module.code_file);
  if (!file) return nullptr;
  const auto elf = object::ElfFile::Open(file->bytes());
  if (!elf || base::BytesToHex(elf->build_id()) != module.code_id) return nullptr;
  auto tables = dwarf::ElfUnwindTables::Create(*elf);
  if (!tables) return nullptr;
  return std::make_unique<ModuleTables>(ModuleTables{*std::move(file), *std::move(tables)});
}

}  // namespace

base::Result<model::CrashReport> WalkDump(base::Bytes dump) {
  ASSIGN_OR_RETURN(pipeline::Analysis analysis,
                   pipeline::Analysis::Create(dump, {.crashing_thread_only = true}));
  std::vector<std::unique_ptr<ModuleTables>> opened;
  while (const std::optional<pipeline::NeedSymbols> need = analysis.Next()) {
    std::unique_ptr<ModuleTables> tables = OpenTables(analysis.report().modules[need->module]);
    analysis.Provide(need->module, tables == nullptr ? nullptr : &tables->tables);
    if (tables != nullptr) opened.push_back(std::move(tables));
  }
  return analysis.Finish();
}

}  // namespace cairn::handler
