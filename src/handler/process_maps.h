// Reads the text of /proc/PID/maps (proc(5)).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.h"

namespace cairn::handler {

struct Mapping {
  model::ProcessAddress start;
  model::ProcessAddress end;  // Half-open.
  bool readable = false;
  bool writable = false;
  bool executable = false;
  std::uint64_t offset = 0;  // In the file.
  std::uint64_t inode = 0;
  std::string path;  // Of a file, or "[stack]" and the like, or empty. Without " (deleted)".

  bool Contains(model::ProcessAddress address) const { return address >= start && address < end; }
};

// vm.max_map_count is 65,530 by default; a process can be allowed more, and then the rest is left out.
inline constexpr std::size_t kMaxMappings = 131072;

// In the order of the text, which is that of the addresses. Lines that make no sense are left out.
std::vector<Mapping> ParseMaps(std::string_view maps);

}  // namespace cairn::handler
