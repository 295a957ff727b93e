// Finds the modules of a process in its mappings, and their build ids in its memory.
#pragma once

#include <string_view>
#include <vector>

#include "handler/crashed_process.h"
#include "handler/process_maps.h"
#include "handler/process_snapshot.h"

namespace cairn::handler {

// DESIGN's limit for modules of a dump.
inline constexpr std::size_t kMaxModules = 4096;

// The vdso is a file that no disk holds; Breakpad gave it this name and symbol stores know it by it.
inline constexpr std::string_view kVdsoName = "linux-gate.so";

// A module is a file that is mapped from its start, that begins as ELF and of which some part may be
// executed. The one of `main_path` comes first; the rest are in the order of their addresses.
std::vector<ModuleSnapshot> ReadModules(const CrashedProcess& process, const std::vector<Mapping>& mappings,
                                        std::string_view main_path);

}  // namespace cairn::handler
