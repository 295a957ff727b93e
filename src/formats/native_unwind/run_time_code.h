// RunTimeCode answers for code that a process made at run time and told Windows the unwind tables of, as
// compilers of JavaScript do (RtlAddFunctionTable and its kin). A dump holds the tables in a stream of their
// own, and the unwind information that they point to among its memory.
//
// It stands for all such code of a process, so its offsets are process addresses.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "formats/native_unwind/arm64_unwind_table.h"
#include "formats/native_unwind/code_image.h"
#include "formats/native_unwind/x64_unwind_table.h"
#include "model/memory_view.h"
#include "model/module_symbols.h"
#include "model/system.h"

namespace cairn::native {

struct RunTimeTable {
  MemoryImage::Range range;
  base::Bytes entries;  // RUNTIME_FUNCTION of the CPU, in any order.
  std::uint32_t entry_bytes = 0;
};

class RunTimeCode final : public model::ModuleSymbols {
 public:
  // `memory` is sorted by start. It and the tables' bytes are borrowed. Tables of CPUs other than amd64 and
  // arm64, and those whose entries have another size, are left out.
  RunTimeCode(model::Cpu cpu, std::span<const RunTimeTable> tables,
              std::span<const model::MemoryView> memory);

  // Only of functions that a table names: what Windows would take for a leaf here may as well be code whose
  // maker said nothing of it.
  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset address) const override;
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset address) const override;
  model::CodeAt FindCode(model::ModuleOffset address) const override;
  base::Bytes ReadCode(model::ModuleOffset address, std::size_t count) const override;

 private:
  struct Table {
    MemoryImage::Range range;
    std::vector<std::byte> sorted;  // The entries, if the dump has them in another order.
    std::optional<X64UnwindTable> x64;
    std::optional<Arm64UnwindTable> arm64;
  };
  static Table Make(model::Cpu cpu, const RunTimeTable& table, std::span<const model::MemoryView> memory);
  // The table whose code holds the address, or nullptr.
  const Table* Find(model::ProcessAddress address) const;

  std::vector<Table> tables_;  // Sorted by start.
  std::span<const model::MemoryView> memory_;
};

}  // namespace cairn::native
