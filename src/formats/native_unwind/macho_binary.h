// MachOBinary answers for a Mach-O file: unwind rows of __unwind_info and __eh_frame, code, and names of its
// symbol table.
//
// Compact unwind describes finished frames. Where a thread stands in a prologue or an epilogue, the code
// itself tells; but not where a compiler moved the prologue behind a first branch, and such a row may be
// wrong until it has run.
#pragma once

#include <optional>
#include <vector>

#include "formats/dwarf/eh_frame.h"
#include "formats/native_unwind/compact_unwind.h"
#include "formats/native_unwind/function_names.h"
#include "formats/object/macho_file.h"
#include "model/module_symbols.h"

namespace cairn::native {

class MachOBinary final : public model::ModuleSymbols {
 public:
  explicit MachOBinary(const object::MachOFile& file);

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override;
  model::CodeAt FindCode(model::ModuleOffset offset) const override;
  base::Bytes ReadCode(model::ModuleOffset offset, std::size_t count) const override;

  // The rows of all functions, each from its first byte to its last: those of its prologue as its code tells
  // them, then that of the finished frame. Epilogues have none of their own.
  std::vector<std::vector<dwarf::FrameRow>> Functions() const;

 private:
  struct CodeRange {
    model::ModuleOffset start;
    std::uint64_t size = 0;
  };

  struct Function {
    model::ModuleOffset start;
    model::ModuleOffset end;
  };

  bool IsInCode(model::ModuleOffset offset) const;
  Function FunctionIn(const CompactEntry& entry, model::ModuleOffset offset) const;
  void AddCompactFunctions(std::vector<std::vector<dwarf::FrameRow>>& functions) const;
  std::vector<dwarf::FrameRow> RowsOf(const CompactEntry& entry, const Function& function) const;
  std::optional<model::UnwindRow> FinishedRow(const CompactEntry& entry) const;
  std::optional<model::UnwindRow> PrologueRow(base::Bytes before) const;
  std::optional<model::UnwindRow> RowOf(const CompactEntry& entry, model::ModuleOffset offset) const;
  std::optional<model::UnwindRow> Arm64Row(const CompactEntry& entry, model::ModuleOffset offset) const;
  std::optional<model::UnwindRow> IntelRow(const CompactEntry& entry, model::ModuleOffset offset) const;

  object::MachOFile file_;
  std::optional<CompactUnwind> compact_;
  std::optional<dwarf::EhFrame> eh_frame_;
  std::vector<CodeRange> code_;
  std::vector<model::ModuleOffset> starts_;  // Of functions, ascending.
  FunctionNames names_;
};

}  // namespace cairn::native
