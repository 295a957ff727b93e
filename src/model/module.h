// A file that was mapped as code into the crashed process, and the ids by which its symbols are found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/byte_reader.h"
#include "model/address.h"

namespace cairn::model {

// A module's debug id in Breakpad's text form: 32 upper-case hex digits of the GUID, then the age in
// lower-case hex without padding ("...C2" has age 2; ELF ids always have age 0). An empty text means that
// there is none.
struct DebugId {
  std::string text;
  bool empty() const { return text.empty(); }
  friend auto operator<=>(const DebugId&, const DebugId&) = default;
};

// Takes text of 33 to 40 hex digits in either case; nothing for any other text.
std::optional<DebugId> ParseDebugId(std::string_view text);

// The id that Breakpad makes of an ELF build id: its first 16 bytes (zero-padded), read as a little-endian
// GUID, and age 0. An empty or all-zero build id gives an empty id.
DebugId DebugIdFromBuildId(base::Bytes build_id);

// What is known of a module's symbols after an analysis.
enum class SymbolStatus : std::uint8_t { kNotAsked, kLoaded, kMissing };

struct Module {
  ProcessAddress base;
  std::uint64_t size = 0;  // The module is [base, base + size); never wraps.
  // Addresses before base + own_start belong to another module. Zero but where the writer's modules overlap.
  std::uint64_t own_start = 0;
  std::string code_file;   // As the writer gave it, often a full path.
  std::string code_id;     // ELF: the whole build id in lower-case hex. PE: timestamp and size.
  std::string debug_file;  // As the writer gave it; for ELF the same as code_file.
  DebugId debug_id;
  std::string version;       // "1.2.3.4" or empty.
  std::string cert_subject;  // Who signed the file, where the submission says so; dumps do not.
  SymbolStatus symbols = SymbolStatus::kNotAsked;
  bool has_corrupt_symbols = false;  // Lines of the symbol file could not be read; the rest is in use.
  std::string symbol_url;            // Where the symbols were fetched from; empty if they were at hand.

  bool Contains(ProcessAddress address) const {
    return address >= base && OffsetOf(address).value >= own_start && OffsetOf(address).value < size;
  }
  ModuleOffset OffsetOf(ProcessAddress address) const { return {address.value - base.value}; }
};

// The part of a path behind the last slash of either kind.
std::string_view BaseName(std::string_view path);

}  // namespace cairn::model
