// GenerateSymbols makes a Breakpad symbol file of an ELF file: functions, lines and inlined calls of its
// DWARF, public symbols of its symbol tables, STACK CFI of its unwind tables.
//
// Addresses are offsets from the first byte of the mapped module. The same input gives the same text.
#pragma once

#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/module.h"

namespace cairn::symgen {

struct GenerateInput {
  base::Bytes file;  // The binary, or a file that holds its debug information alone.
  std::optional<base::Bytes>
      debug_file;    // Where the binary was stripped: the file with its debug information.
  std::string name;  // What crash reports call the module: the base name of its path.
};

struct GeneratedSymbols {
  std::string text;
  model::DebugId debug_id;
  // What was found, for the operator.
  std::size_t functions = 0;
  std::size_t public_symbols = 0;
  std::size_t unwind_ranges = 0;
  std::size_t complaints = 0;  // Places in the debug information or unwind tables that could not be read.
};

// Fails if the input is no ELF file, is of a CPU without a name in symbol files, or has nothing to identify
// it by.
base::Result<GeneratedSymbols> GenerateSymbols(const GenerateInput& input);

}  // namespace cairn::symgen
