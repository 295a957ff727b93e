// The streams that Mozilla's writer adds on macOS: __DATA,__crash_info records and the kernel's boot
// arguments.
//
// Source: Mozilla's breakpad_mac_stream_info additions to Breakpad's minidump_format.h.
#pragma once

#include <string>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// In the dump's order. A record that cannot be read is left out and noted.
std::vector<model::MacCrashInfo> ReadMacCrashInfo(const Minidump& dump, model::Diagnostics& diagnostics);

// The same of the bytes of one such stream.
std::vector<model::MacCrashInfo> ParseMacCrashInfo(const Minidump& dump, base::Bytes stream,
                                                   model::Diagnostics& diagnostics);

// Empty if there are none.
std::string ReadMacBootArgs(const Minidump& dump);

}  // namespace cairn::minidump
