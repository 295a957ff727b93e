// ModuleSymbols answers the unwinder's and the symbolizer's questions about one module.
//
// It is implemented by the compiled symbol cache (formats/symfile) and by a module's own unwind tables
// (formats/dwarf), so that server, command line and client run one walker over either. All addresses are
// offsets from the module's load address. Implementations are immutable once made: any number of threads may
// ask at once.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/byte_reader.h"
#include "model/address.h"
#include "model/frame.h"
#include "model/unwind_row.h"

namespace cairn::model {

// What symbols say of one address.
struct SymbolizedAddress {
  SourceLocation location;  // The physical function; file and line are of the outermost inline call site.
  ModuleOffset function_start;
  std::uint32_t parameter_bytes = 0;    // Of the physical function, on the stack; x86 of Windows only.
  std::vector<SourceLocation> inlines;  // Innermost first.
};

// Whether code is known to be at an address; the scan asks this of every candidate.
enum class CodeAt : std::uint8_t {
  kUnknown,   // These symbols cannot say: accept.
  kFunction,  // A function or other code covers the address.
  kNothing,   // The symbols cover the module and there is no function here: refuse.
};

// A STACK WIN record: how x86 code of Windows lays out its frames (FPO_DATA and IMAGE_DEBUG_FRAME_DATA of
// PDB files). Sizes are in bytes.
struct StackWinRow {
  enum class Kind : std::uint8_t { kFpo, kFrameData };
  Kind kind = Kind::kFpo;
  ModuleOffset start;
  std::uint32_t size = 0;
  std::uint32_t parameter_bytes = 0;
  std::uint32_t saved_register_bytes = 0;
  std::uint32_t local_bytes = 0;
  bool allocates_base_pointer = false;  // Of a record without a program.
  std::string program;                  // Postfix with assignments; empty: there is none.
};

class ModuleSymbols {
 public:
  virtual ~ModuleSymbols() = default;

  // The unwind row that is in force at `offset`, or nothing.
  virtual std::optional<UnwindRow> FindUnwindRow(ModuleOffset offset) const = 0;

  // Function, line and inlines at `offset`, or nothing.
  virtual std::optional<SymbolizedAddress> Symbolize(ModuleOffset offset) const = 0;

  virtual CodeAt FindCode(ModuleOffset offset) const = 0;

  // The STACK WIN record in force at `offset`; frame data before FPO.
  virtual std::optional<StackWinRow> FindStackWin(ModuleOffset /*offset*/) const { return std::nullopt; }

  // Up to `count` bytes of code from `offset` on, where the binary itself is at hand; else nothing.
  virtual base::Bytes ReadCode(ModuleOffset /*offset*/, std::size_t /*count*/) const { return {}; }
};

}  // namespace cairn::model
