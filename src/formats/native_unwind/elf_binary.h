// ElfBinary answers for an ELF file: unwind rows of .eh_frame, .debug_frame and .ARM.exidx, code, and names
// of its symbol tables.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/result.h"
#include "formats/dwarf/elf_unwind_tables.h"
#include "formats/native_unwind/arm_unwind_table.h"
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
  // Where the tables' function starts that holds `offset`.
  std::optional<model::ModuleOffset> FindRangeStart(model::ModuleOffset offset) const;

  object::ElfFile file_;
  std::vector<std::byte> debug_frame_;  // Unpacked; empty unless the file has it compressed.
  std::optional<dwarf::ElfUnwindTables> tables_;
  std::optional<ArmUnwindTable> arm_;  // For what the others do not cover: they are true everywhere in code.
  FunctionNames names_;
};

}  // namespace cairn::native
