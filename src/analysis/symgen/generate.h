// GenerateSymbols makes a Breakpad symbol file of a program or library of any system: functions, lines and
// inlined calls of its debug information, public symbols of its symbol tables, and STACK records of its
// unwind tables.
//
// ELF files with DWARF 2 to 5, PE files with a PDB or DWARF, PDB files alone, Mach-O files of one CPU with
// DWARF. Addresses are offsets from the first byte of the mapped module. The same input gives the same text,
// whatever the number of threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "analysis/symgen/text_writer.h"
#include "analysis/symgen/unit_store.h"
#include "base/byte_reader.h"
#include "base/result.h"
#include "model/module.h"

namespace cairn::symgen {

struct GenerateInput {
  base::Bytes file;  // The binary, or a file that holds its debug information alone.
  // Where the debug information is, if it is not in `file`: a debug file, a PDB, the file in a dSYM bundle.
  std::optional<base::Bytes> debug_file;
  // What the file with the debug information shares with others, as dwz makes it (file_facts.h).
  std::optional<base::Bytes> shared_file;
  std::optional<base::Bytes> split_package;  // The .dwp file of -gsplit-dwarf.
  SplitOpener open_split;                    // Gives .dwo files; may be empty.
  std::string name;       // What crash reports call the debug file: the base name of its path.
  std::string code_file;  // Of Windows: the base name of the image, where there is one.
  unsigned threads = 1;
};

// What was found, for the operator.
struct GeneratedSymbols {
  model::DebugId debug_id;
  std::size_t functions = 0;
  std::size_t public_symbols = 0;
  std::size_t unwind_ranges = 0;
  std::size_t complaints = 0;     // Places in debug information or unwind tables that could not be read.
  std::size_t missing_units = 0;  // Units whose functions are in .dwo files that were not given.
};

// Fails if the input is of no such kind, of a CPU without a name in symbol files, has nothing to identify it
// by, or if its files belong to different builds; and with what `sink` fails with. Nothing is given to the
// sink before the input was read whole.
base::Result<GeneratedSymbols> GenerateSymbols(const GenerateInput& input, const TextSink& sink);

}  // namespace cairn::symgen
