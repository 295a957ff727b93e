// Compares what a server acknowledged, by the ledgers of load tests, with what it has.
//
// What is found by a search was stored, queued, processed and put into the index, so a crash ping or a report
// is right if a search finds it exactly once. Main pings and refused ones are compared by number with the
// server's counts, which works if it never had others.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apps/replay_ledger.h"
#include "base/result.h"

namespace cairn::apps {

// What a server has.
struct ServerView {
  std::vector<std::string> pings;  // Ids that a search finds, as often as it does; in any order.
  std::vector<std::string> reports;
  // Pings by what became of them, as /api/PingRejects/ tells it: "usage", "duplicate", a fault.
  std::map<std::string, std::uint64_t> outcomes;
  std::uint64_t failed = 0;  // Crashes whose processing was given up.
};

struct Comparison {
  std::uint64_t crash_pings = 0;  // Distinct ones that were acknowledged; likewise the others.
  std::uint64_t main_pings = 0;
  std::uint64_t bad_pings = 0;
  std::uint64_t reports = 0;    // That were kept.
  std::uint64_t discarded = 0;  // That were not.
  std::uint64_t deferred = 0;   // Kept to be processed when somebody asks; not compared.
  std::uint64_t unknown = 0;    // Sent, and never answered: they may be there or not.

  std::uint64_t lost = 0;             // Acknowledged, and not found.
  std::uint64_t doubled = 0;          // Found more than once, or stored under several ids.
  std::uint64_t failed = 0;           // Found, but not processed.
  std::uint64_t wrong = 0;            // Found, although it was discarded or never sent.
  std::vector<std::string> examples;  // Of all of these; at most kComparisonExamples.

  bool IsRight() const { return lost + doubled + failed + wrong == 0; }
};
inline constexpr std::size_t kComparisonExamples = 20;

struct CompareOptions {
  // The server never had anything else: then what the ledgers do not know is wrong, and counts are compared.
  bool nothing_else = false;
};

Comparison Compare(const std::vector<LedgerEntry>& ledger, const ServerView& server,
                   const CompareOptions& options);

struct CheckOptions {
  std::vector<std::string> ledgers;
  std::string url;    // "http://127.0.0.1:8000"
  std::string token;  // With view_pings.
  bool nothing_else = false;
  bool json = false;
  int patience_ms = 60'000;  // For what is not processed yet.
};

// `cairn replay check`: prints the comparison; its exit code.
int CheckLedgers(const CheckOptions& options);

}  // namespace cairn::apps
