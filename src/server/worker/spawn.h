// Starts programs of ours that read what users sent: with the descriptors that they are to have, and nothing
// else of this process.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

#include "base/result.h"

namespace cairn::worker {

// A new process with files[i] at descriptor kSocketFd + i (protocol.h) and /dev/null at the standard ones. It
// shares this process's memory until it runs `program`: a fork would copy the tables of gigabytes. kNotFound
// if there is no such program, or it is none.
base::Result<pid_t> Spawn(const std::string& program, std::span<const std::string> arguments,
                          std::span<const int> files);

// How a process ended that ran once.
struct RunResult {
  enum class End : std::uint8_t { kExited, kKilled, kTooSlow };
  End end = End::kExited;
  int code = 0;  // Its exit code; of one that was killed, the signal.
};

// When a process that runs once is ended.
struct RunLimits {
  int timeout_ms = 0;
  std::uint64_t cpu_seconds = 0;
  const std::atomic<bool>* cancelled = nullptr;  // Within a fraction of a second of becoming true.
};

// Spawns, and waits. A process that is cancelled counts as kTooSlow.
base::Result<RunResult> RunOnce(const std::string& program, std::span<const std::string> arguments,
                                std::span<const int> files, const RunLimits& limits);

}  // namespace cairn::worker
