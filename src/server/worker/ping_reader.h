// Reads a crash ping of Mozilla's v4 form (telemetry docType "crash", version 4) into facts and a walked
// stack.
//
// The rules are those of the public JSON schema crash.4, except where it speaks of Firefox only: versions and
// build ids may have any form, because Cairn's products do. Of repeated keys the last one counts: real pings
// have them.
#pragma once

#include <string_view>

#include "base/result.h"
#include "model/crash_report.h"
#include "server/worker/outcome.h"

namespace cairn::worker {

inline constexpr std::size_t kMaxPingJsonBytes = 8 << 20;  // Inflated; what Mozilla's decoder takes.
inline constexpr std::size_t kMaxPingThreads = 4096;
inline constexpr std::size_t kMaxPingFrames = 1024;  // Per thread; further ones are left out.
inline constexpr std::size_t kMaxPingModules = 4096;

struct Ping {
  PingFacts facts;
  model::CrashReport report;  // Threads hold frames with instruction, module and trust.
};

// kBadValue with the field in words for what the schema refuses.
base::Result<Ping> ReadPing(std::string_view json);

}  // namespace cairn::worker
