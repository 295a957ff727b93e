// The streams of Linux that are copies of text files: /etc/lsb-release or os-release, /proc/PID/limits,
// /proc/cpuinfo, /proc/PID/status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// Nothing if the stream is missing.
std::optional<model::LinuxRelease> ReadLinuxRelease(const Minidump& dump);

std::vector<model::ProcessLimit> ReadProcessLimits(const Minidump& dump, model::Diagnostics& diagnostics);

// "0xf0", of the first CPU; empty if it is not known.
std::string ReadMicrocode(const Minidump& dump);

// The number behind "Pid:" in /proc/PID/status.
std::optional<std::uint32_t> ReadProcStatusPid(const Minidump& dump);

}  // namespace cairn::minidump
