// Makes the crash ping of a walked dump: version 4 of Mozilla's telemetry crash document.
//
// It holds the crashing thread's frames as module offsets, the modules that they are in by base name, and
// annotations whose scope in the registry allows it. No memory, registers, paths or anything a person wrote.
#pragma once

#include <cstdint>
#include <string>

#include "handler/settings.h"
#include "model/crash_report.h"

namespace cairn::handler {

struct PingFacts {
  std::string document_id;    // The ping's own UUID.
  std::string client_id;      // The installation's UUID.
  std::string crash_id;       // The report's id, by which report and ping find each other.
  std::string minidump_hash;  // SHA-256 in lower-case hex.
};

// A stack overflow has as many frames as the walker takes; this keeps the ping below 100 KB.
inline constexpr std::size_t kMaxPingFrames = 1024;

std::string BuildPing(const model::CrashReport& report, const Settings& settings, const PingFacts& facts);

// Where it is posted, below the server's base URL.
std::string PingUrlPath(const Settings& settings, const std::string& document_id);

}  // namespace cairn::handler
