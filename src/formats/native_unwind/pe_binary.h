// PeBinary answers for an image of Windows: unwind rows of .pdata (or of .eh_frame, which GNU tools write),
// code, and the names that it exports.
#pragma once

#include <optional>

#include "formats/dwarf/eh_frame.h"
#include "formats/native_unwind/arm64_unwind_table.h"
#include "formats/native_unwind/function_names.h"
#include "formats/native_unwind/x64_unwind_table.h"
#include "formats/object/pe_file.h"
#include "model/module_symbols.h"

namespace cairn::native {

class PeBinary final : public model::ModuleSymbols {
 public:
  explicit PeBinary(const object::PeFile& file);

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override;
  model::CodeAt FindCode(model::ModuleOffset offset) const override;
  base::Bytes ReadCode(model::ModuleOffset offset, std::size_t count) const override;

 private:
  // Where the tables' range starts that holds `offset`.
  std::optional<model::ModuleOffset> FindRangeStart(model::ModuleOffset offset) const;

  object::PeFile file_;
  std::optional<X64UnwindTable> x64_;
  std::optional<Arm64UnwindTable> arm64_;
  std::optional<dwarf::EhFrame> eh_frame_;
  FunctionNames names_;
};

}  // namespace cairn::native
