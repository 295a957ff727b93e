// SystemInfo and MiscInfo streams: the machine and the process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"
#include "model/system.h"

namespace cairn::minidump {

// All unknown if the stream is missing.
model::SystemInfo ReadSystemInfo(const Minidump& dump, model::Diagnostics& diagnostics);

struct MiscInfo {
  std::optional<std::uint32_t> process_id;
  std::optional<std::uint32_t> process_create_time_s;  // Unix time.
  std::optional<std::uint32_t> integrity_level;        // A SECURITY_MANDATORY_..._RID of Windows.
  std::optional<std::uint32_t> process_cookie;
  std::string build;        // Of the operating system, as the writer gave it.
  std::string debug_build;  // Windows: of the debugging library. Crashpad: its own version.
};
// The process id comes from LinuxProcStatus if MiscInfo has none: Breakpad's Linux writer puts it only there.
MiscInfo ReadMiscInfo(const Minidump& dump);

}  // namespace cairn::minidump
