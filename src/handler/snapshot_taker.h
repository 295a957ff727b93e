// Copies a crashed process into a ProcessSnapshot: within limits, and without what is private.
//
// Never copied: the environment and the arguments (the main thread's stack ends below them), any heap.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "handler/crashed_process.h"
#include "handler/process_snapshot.h"
#include "handler/tracer.h"
#include "wire/crash_request.h"

namespace cairn::handler {

// A thread's stack is copied from its stack pointer on. Deep recursion wants much of the crashing thread; 64
// KiB hold some hundred frames of the others (Breakpad copies 32 KiB of each).
inline constexpr std::uint64_t kMaxCrashingStackBytes = 1024 * 1024;
inline constexpr std::uint64_t kMaxStackBytes = 64 * 1024;
// Once all stacks have used this up, what follows is shorter: 4,096 threads must not make a dump of 256 MiB.
inline constexpr std::uint64_t kMaxAllStacksBytes = 16 * 1024 * 1024;
inline constexpr std::uint64_t kShortStackBytes = 2048;

// Around the faulting instruction, as Breakpad has it.
inline constexpr std::uint64_t kCodeBytes = 256;

struct SnapshotInput {
  wire::CrashRequest request;
  std::vector<StoppedThread> threads;  // Empty: the crashing thread alone is copied.
  std::string main_path;               // The application's own file.
  std::array<std::byte, 16> report_id{};
  std::vector<std::pair<std::string, std::string>> annotations;  // Come before the application's own and win.
  std::int64_t crash_time_ms = 0;
  std::int64_t start_time_ms = 0;  // Of the client, for where /proc does not tell.
};

ProcessSnapshot TakeSnapshot(const CrashedProcess& process, SnapshotInput input);

}  // namespace cairn::handler
