// BugPoll asks trackers now and then what became of the bugs that are linked, on a thread of its own.
//
// Off unless an operator wants it: the trackers learn which bugs are linked here. Only addresses that are
// public, or that the operator allows, are connected to. A tracker that is busy or out of reach is left alone
// until the next round, and what was heard before stays.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "net/address_guard.h"
#include "net/download.h"
#include "server/bugs/tracker.h"
#include "server/store/bug_records.h"

namespace cairn::bugs {

inline constexpr std::size_t kMaxBugsPerRound = 500;     // Of a tracker; the rest comes in the next one.
inline constexpr std::size_t kMaxRequestsPerRound = 50;  // GitHub answers 60 an hour to anybody.
inline constexpr std::size_t kMaxStateAnswerBytes = 4 << 20;
inline constexpr int kStateTimeoutMs = 20'000;

struct BugPollOptions {
  std::vector<Tracker> trackers;
  std::int64_t every_ms = 0;  // From round to round.
  int pause_ms = 1'000;       // Between two requests to one tracker.
  net::AddressGuard guard{{}};
  std::string spool_folder;  // For answers.
};

class BugPoll {
 public:
  // `bugs` must outlive this object.
  BugPoll(store::BugRecords& bugs, BugPollOptions options);
  // Breaks off what is under way.
  ~BugPoll();
  BugPoll(const BugPoll&) = delete;
  BugPoll& operator=(const BugPoll&) = delete;

 private:
  void Run();
  void AskTracker(const Tracker& tracker);
  // Whether the tracker answers as it should.
  bool AskFor(const Tracker& tracker, const std::vector<std::string>& bugs);
  // False: stop.
  bool Wait(std::int64_t milliseconds);

  store::BugRecords& bugs_;
  const BugPollOptions options_;
  net::Downloader downloader_;  // Of thread_.
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace cairn::bugs
