// Stops the threads of another process by ptrace and reads their registers.
//
// What is stopped stays so until this process ends, which releases it: a capture runs in a process of its own
// that ends when the dump is written, or is ended. It must be the only thread of that process that waits.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "handler/process_snapshot.h"

namespace cairn::handler {

struct StoppedThread {
  std::uint32_t id = 0;
  ContextBytes context{};
};

// DESIGN's limit for threads of a dump.
inline constexpr std::size_t kMaxThreads = 4096;

// A thread in uninterruptible sleep may not stop at all; it is left out after this.
inline constexpr int kStopTimeoutMs = 1000;

// Stops all threads of the process. kRefused, with the errno, if the system does not let this process trace
// `crashing_thread` (Yama, seccomp, a container).
base::Result<std::vector<StoppedThread>> StopThreads(int process_id, int crashing_thread);

}  // namespace cairn::handler
