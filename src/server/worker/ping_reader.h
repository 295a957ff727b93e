// Reads a crash ping of either form into facts and a walked stack: Mozilla's v4, and Glean's in both
// spellings.
//
// Whether a ping is valid was asked before, when it was taken in (formats/ping): here everything is read that
// can be, and what has another type than it should is passed over. Indices are not trusted. Of repeated keys
// the last one counts: real pings have them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"
#include "model/crash_report.h"

namespace cairn::worker {

inline constexpr std::size_t kMaxPingJsonBytes = 8 << 20;  // Inflated; what Mozilla's decoder takes.
inline constexpr std::size_t kMaxPingThreads = 4096;
inline constexpr std::size_t kMaxPingFrames = 1024;  // Per thread; further ones are left out.
inline constexpr std::size_t kMaxPingModules = 4096;

// What a ping says of itself.
struct PingFacts {
  std::string product;
  std::string version;
  std::string build_id;
  std::string release_channel;
  std::string process_type;
  std::string crash_id;   // Of the report, if the client knew it.
  std::string client_id;  // Of the installation. It is kept as a token only.
  std::string minidump_sha256_hash;
  std::map<std::string, std::string> annotations;  // payload.metadata.
};

struct Ping {
  PingFacts facts;
  model::CrashReport report;  // Threads hold frames with instruction, module and trust.
};

// An error if it is no JSON object, or past a limit.
base::Result<Ping> ReadPing(std::string_view json);

}  // namespace cairn::worker
