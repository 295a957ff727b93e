// Closes the sandbox that a worker parses in: no new files, no network, no processes; bounded memory and CPU
// time.
#pragma once

#include "base/result.h"

namespace cairn::worker {

// Heap; mapped inputs do not count.
inline constexpr std::uint64_t kMaxWorkerDataBytes = std::uint64_t{2} << 30;
// A cache of the largest symbol file.
inline constexpr std::uint64_t kMaxWorkerOutputBytes = std::uint64_t{4} << 30;
inline constexpr int kMaxWorkerCpuSeconds = 60;  // Per job; see WorkerProcess.

struct SandboxLimits {
  std::uint64_t data_bytes = kMaxWorkerDataBytes;
  std::uint64_t output_bytes = kMaxWorkerOutputBytes;
};

// For the calling process, which has one thread, for good. All that needs files (libraries, locales) must be
// loaded before. Afterwards a forbidden system call fails with EPERM, except those that only an attacker
// needs, which kill the process.
base::Status EnterSandbox(const SandboxLimits& limits = {});

}  // namespace cairn::worker
