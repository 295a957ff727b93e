// ElfBinary answers for an ELF file: unwind rows of .eh_frame and .debug_frame, code, and names of its symbol
// tables.
#pragma once

#include <optional>

#include "base/result.h"
#include "formats/dwarf/elf_unwind_tables.h"
#include "formats/native_unwind/function_names.h"
#include "formats/object/elf_file.h"
#include "model/module_symbols.h"

namespace cairn::native {

class ElfBinary final : public model::ModuleSymbols {
 public:
  explicit ElfBinary(const object::ElfFile& file);

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override;
  model::CodeAt FindCode(model::ModuleOffset offset) const override;
  base::Bytes ReadCode(model::ModuleOffset offset, std::size_t count) const override;

 private:
  object::ElfFile file_;
  std::optional<dwarf::ElfUnwindTables> tables_;
  FunctionNames names_;
};

}  // namespace cairn::native
