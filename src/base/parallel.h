// Runs independent pieces of work on several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace cairn::base {

// Calls `work(i)` for each i below `count`, in any order, on at most `threads` threads, of which the caller's
// is one; `make_worker()` makes each thread's `work`. Which thread does what is chance: what is made must not
// depend on it.
template <typename MakeWorker>
void RunParallel(std::size_t count, unsigned threads, const MakeWorker& make_worker) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    auto work = make_worker();
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min<std::size_t>(threads, count); ++i) others.emplace_back(run);
  run();
}

}  // namespace cairn::base
