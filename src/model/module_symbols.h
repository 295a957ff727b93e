// ModuleSymbols answers the unwinder's and the symbolizer's questions about one module.
//
// It is implemented by the compiled symbol cache (formats/symfile) and by a module's own unwind tables
// (formats/dwarf), so that server, command line and client run one walker over either. All addresses are
// offsets from the module's load address. Implementations are immutable once made: any number of threads may
// ask at once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "model/address.h"
#include "model/frame.h"
#include "model/unwind_row.h"

namespace cairn::model {

// What symbols say of one address.
struct SymbolizedAddress {
  SourceLocation location;  // The physical function; file and line are of the outermost inline call site.
  ModuleOffset function_start;
  std::vector<SourceLocation> inlines;  // Innermost first.
};

// Whether code is known to be at an address; the scan asks this of every candidate.
enum class CodeAt : std::uint8_t {
  kUnknown,   // These symbols cannot say: accept.
  kFunction,  // A function or other code covers the address.
  kNothing,   // The symbols cover the module and there is no function here: refuse.
};

class ModuleSymbols {
 public:
  virtual ~ModuleSymbols() = default;

  // The unwind row that is in force at `offset`, or nothing.
  virtual std::optional<UnwindRow> FindUnwindRow(ModuleOffset offset) const = 0;

  // Function, line and inlines at `offset`, or nothing.
  virtual std::optional<SymbolizedAddress> Symbolize(ModuleOffset offset) const = 0;

  virtual CodeAt FindCode(ModuleOffset offset) const = 0;
};

}  // namespace cairn::model
