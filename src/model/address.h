// The three kinds of place that must never be mixed: in a process, in a module, in a file.
#pragma once

#include <compare>
#include <cstdint>

namespace cairn::model {

// An address in the crashed process.
struct ProcessAddress {
  std::uint64_t value = 0;
  friend auto operator<=>(const ProcessAddress&, const ProcessAddress&) = default;
};

// Distance from a module's load address. What symbol files and unwind tables speak of.
struct ModuleOffset {
  std::uint64_t value = 0;
  friend auto operator<=>(const ModuleOffset&, const ModuleOffset&) = default;
};

// Distance from the start of a file.
struct FileOffset {
  std::uint64_t value = 0;
  friend auto operator<=>(const FileOffset&, const FileOffset&) = default;
};

}  // namespace cairn::model
