// Janitor removes what was kept for long enough: once at start, and then once a day.
//
// A crash's row of the index goes last, because by it the rest is found: killed at any moment, the next run
// goes on where this one stood. What the index does not know (reports that were never processed, pings that
// could not be read) goes by its key's day once no rule keeps any crash for so long. Works page by page on a
// thread of low priority; intake and searches go on meanwhile.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "os/clock.h"
#include "server/pings/ledger.h"
#include "server/retention/policy.h"
#include "server/search/crash_index.h"
#include "server/store/blob_store.h"
#include "server/store/directory.h"
#include "server/store/queue.h"
#include "server/symbol_store/symbol_intake.h"

namespace cairn::retention {

inline constexpr std::int64_t kExpireEveryMs = 86'400'000;
inline constexpr std::size_t kExpiredAtOnce = 50'000;  // Some 10 MB of ids.
inline constexpr std::size_t kKeysAtOnce = 10'000;

// What is worked on. All borrowed.
struct JanitorParts {
  store::BlobStore& blobs;
  store::Queue& queue;
  const store::Directory& directory;
  search::CrashIndex& index;
  pings::Ledger& ledger;
  std::mutex& packs;  // Held by whoever writes packs of pings anew.
  std::function<std::int64_t()> clock = os::UnixMillis;
  symbol_store::SymbolIntake* symbols = nullptr;  // Null: symbol files are left alone.
};

struct Expired {
  std::uint64_t reports = 0;
  std::uint64_t pings = 0;
  std::uint64_t rejected_pings = 0;
  std::uint64_t symbol_files = 0;
  std::uint64_t objects = 0;  // Of the BlobStore; of pings, their documents and whole packs.

  // "removed by age: 3 reports, ..."
  std::string Text() const;
};

// Goes through everything once. Ends early, and says what it did, when `stopping` becomes true.
base::Result<Expired> ExpireOnce(const JanitorParts& parts, const Policy& policy,
                                 const std::atomic<bool>& stopping);

class Janitor {
 public:
  // `log` is told of each run in one line. The parts must outlive this object.
  Janitor(JanitorParts parts, Policy policy, std::int64_t every_ms,
          std::function<void(const std::string&)> log);
  // Ends after the page that is begun.
  ~Janitor();
  Janitor(const Janitor&) = delete;
  Janitor& operator=(const Janitor&) = delete;

 private:
  void Run();

  const JanitorParts parts_;
  const Policy policy_;
  const std::int64_t every_ms_;
  const std::function<void(const std::string&)> log_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace cairn::retention
