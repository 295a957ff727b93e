// FunctionTable stream: unwind data of code that was made at run time (RtlAddFunctionTable), from Windows.
//
// MINIDUMP_FUNCTION_TABLE_STREAM, minidumpapiset.h: sizes, then each table as a descriptor, the system's own
// descriptor, its entries (RUNTIME_FUNCTION of the CPU) and padding.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/address.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

struct FunctionTable {
  model::ProcessAddress start;  // Of the code that the table covers.
  model::ProcessAddress end;    // Half-open.
  model::ProcessAddress base;   // What the entries' offsets count from.
  base::Bytes descriptor;       // The system's own; borrowed from the dump.
  base::Bytes entries;          // entry_count * entry_bytes; borrowed from the dump.
  std::uint32_t entry_count = 0;
  std::uint32_t entry_bytes = 0;
};

// In the dump's order, up to the first table that cannot be read: where the next begins is then not known.
std::vector<FunctionTable> ReadFunctionTables(const Minidump& dump, model::Diagnostics& diagnostics);

// The same of the bytes of one such stream.
std::vector<FunctionTable> ParseFunctionTables(const Minidump& dump, base::Bytes stream,
                                               model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
