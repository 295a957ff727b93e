// What cairn-server and cairn-sql, which runs the SQL of users in a sandbox, share.
//
// The descriptors of cairn-sql are its inputs and its output, and it opens nothing else. It prints nothing
// and ends with one of the codes below.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/worker/protocol.h"

namespace cairn::sql {

inline constexpr int kStatementFd = worker::kSocketFd;  // The text of the statement.
inline constexpr int kOutputFd = kStatementFd + 1;      // Empty, for the answer or a sentence.
inline constexpr int kReportsFd = kOutputFd + 1;        // A search::Snapshot.
inline constexpr int kPingsFd = kReportsFd + 1;         // Another; only of who may see pings.

// Arguments: rows, bytes, memory in MiB, and "pings" if there is kPingsFd.
inline constexpr std::string_view kWithPings = "pings";

inline constexpr int kAnswered = 0;
inline constexpr int kRefused = 1;  // The output is a sentence about the statement.
inline constexpr int kUsage = 2;
inline constexpr int kTrouble = 3;  // Of this machine: the sandbox or the copies do not open.

inline constexpr std::size_t kMaxStatementBytes = 64 << 10;
inline constexpr std::size_t kMaxSentenceBytes = 4 << 10;

// Of one statement.
struct StatementLimits {
  std::uint64_t rows = 10'000;
  std::uint64_t bytes = 32 << 20;  // Of the answer.
  std::uint32_t memory_mb = 512;   // Of the engine; the process gets twice that.
};

}  // namespace cairn::sql
