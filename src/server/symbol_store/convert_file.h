// ConvertFile has cairn-symgen make the symbol file of a debug file that somebody else wrote: an ELF, PE, PDB
// or Mach-O file that was uploaded, or that another symbol server sent. It reads it in a process of its own,
// in the worker's sandbox.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace cairn::symbol_store {

// INFO GENERATOR of what is made so: such a file may be replaced when more of its build comes.
inline constexpr std::string_view kConvertedGenerator = "cairn-symgen --convert";

inline constexpr int kConversionTimeoutMs = 30 * 60'000;
// Firefox's largest library takes about one minute.
inline constexpr std::uint64_t kConversionCpuSeconds = 20 * 60;

// Descriptors are the caller's.
struct ConversionOrder {
  std::string name;     // What crash reports call the module, unless the file says.
  int file = -1;        // Where the code is, if there are two.
  int debug_file = -1;  // Where the debug information is; -1: in the file.
  int text = -1;        // Empty; what is made is written to it from its start.
  const std::atomic<bool>* cancelled = nullptr;
};

// `program` is the path of cairn-symgen. kUnsupported if no symbols can be made of the file: then `why` is a
// sentence. Any other error is this machine's.
base::Status ConvertFile(const std::string& program, const ConversionOrder& order, std::string& why);

}  // namespace cairn::symbol_store
