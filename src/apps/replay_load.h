// ReplayLoad sends a population's pings and reports to a server at a given rate and measures the answers.
//
// The schedule is open: when a request is due does not depend on how fast the server answers, and latency
// counts from that moment, so that a server that stalls is not spared. Requests and answers are looked at
// every millisecond, which is as fine as a latency gets. One thread; N connections that are kept.
//
// Like real clients it sends again, with the same id, what was answered with 5xx or not at all; a 4xx is
// final.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "apps/replay_ledger.h"
#include "apps/replay_population.h"
#include "base/result.h"

namespace cairn::apps {

// One of the two streams of requests.
struct StreamOptions {
  double per_second = 0;    // 0: as fast as answers come.
  std::uint64_t total = 0;  // 0: none of them.
};

struct LoadOptions {
  std::string host = "127.0.0.1";  // An IPv4 address.
  std::uint16_t port = 0;
  StreamOptions pings;
  StreamOptions reports;
  std::size_t connections = 64;
  std::uint64_t seed = 0;                   // Of ids and draws.
  double duplicates = 0.02;                 // Share that is sent a second time some time after its answer.
  double bad = 0;                           // Share whose body no server can take.
  double kept = 0.1;                        // Share of the reports that rules keep.
  double usage_share = 0;                   // Share of the pings that are main pings.
  int retry_ms = 1'000;                     // Until it is sent again.
  int timeout_ms = 60'000;                  // Until an answer is given up.
  int patience_ms = 60'000;                 // At the end, for the last answers.
  const std::atomic<bool>* stop = nullptr;  // Once true, the schedule ends there. Null: never.
};

struct KindResult {
  std::uint64_t sent = 0;          // Shots, however often each was tried.
  std::uint64_t acknowledged = 0;  // Answers with 200.
  std::uint64_t again = 0;         // Of these: of what had been acknowledged before.
  std::uint64_t discarded = 0;     // Of these: reports that rules did not keep.
  std::uint64_t refused = 0;       // 4xx.
  std::uint64_t retries = 0;
  std::uint64_t unknown = 0;                // No answer until the end.
  std::map<int, std::uint64_t> statuses;    // 0: the connection ended or time was up.
  std::vector<std::uint32_t> latencies_us;  // Of final answers, from the planned moment; not sorted.
};

struct LoadResult {
  std::array<KindResult, kShotKinds> kinds;
  double seconds = 0;          // From the first planned moment to the last answer.
  double planned_seconds = 0;  // To the last planned moment.
  double cpu_seconds = 0;      // Of this process, while it sent.
  std::uint64_t connects = 0;
  std::uint64_t bytes_sent = 0;
};

// `ledger` may be null. An error is one of the ledger's or of this system's.
base::Result<LoadResult> RunLoad(const LoadOptions& options, const ReplayPopulation& population,
                                 LedgerFile* ledger);

// An HTTP answer as far as it has come.
struct ReplayAnswer {
  int status = 0;
  bool keeps_alive = true;
  std::string_view body;
  std::size_t bytes = 0;  // Head and body.
};
// Nothing yet, or an error if it is no answer that has a Content-Length.
base::Result<std::optional<ReplayAnswer>> ReadAnswer(std::string_view received);

}  // namespace cairn::apps
