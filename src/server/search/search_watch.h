// SearchWatch interrupts what runs on connections to the engine when its deadline passes or nobody waits for
// the answer any more. InTime is how a question is asked under one.
//
// One thread looks, every kWatchEveryMs and only while something is watched. The engine forgets an interrupt
// when the next statement begins, so it is said again until the watching ends.
#pragma once

#include <duckdb.h>

#include <condition_variable>
#include <cstdint>
#include <list>
#include <mutex>
#include <thread>

#include "base/result.h"
#include "os/clock.h"
#include "server/search/deadline.h"
#include "server/search/duckdb_connection.h"

namespace cairn::search {

inline constexpr int kWatchEveryMs = 50;  // How late a search may be interrupted.

class SearchWatch {
 public:
  SearchWatch();
  ~SearchWatch();
  SearchWatch(const SearchWatch&) = delete;
  SearchWatch& operator=(const SearchWatch&) = delete;

  // Watches a connection as long as it lives; both must outlive it.
  class Guard {
   public:
    Guard(SearchWatch& watch, duckdb_connection connection, const Deadline& deadline);
    ~Guard();
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

    bool has_interrupted() const;

   private:
    friend class SearchWatch;
    SearchWatch& watch_;
    const duckdb_connection connection_;
    const Deadline& deadline_;
    bool has_interrupted_ = false;  // GUARDED_BY(watch_.mutex_)
    std::list<Guard*>::iterator place_;
  };

 private:
  void Run();
  void InterruptLate(std::int64_t now_ms);  // Under mutex_.

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::list<Guard*> watched_;  // GUARDED_BY(mutex_)
  bool is_ending_ = false;     // GUARDED_BY(mutex_)
  std::thread thread_;         // Last: it uses what stands above.
};

// What `ask` answers by this connection, or Deadline::Trouble.
template <typename T, typename Ask>
base::Result<T> InTime(SearchWatch& watch, const Deadline& deadline, const DuckConnection& connection,
                       const Ask& ask) {
  if (deadline.HasPassed(os::MonotonicMillis())) return deadline.Trouble();
  const SearchWatch::Guard guard(watch, connection.handle(), deadline);
  base::Result<T> answer = ask();
  if (!answer && guard.has_interrupted()) return deadline.Trouble();
  return answer;
}

}  // namespace cairn::search
