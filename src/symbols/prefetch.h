// Prefetch finds the symbols of many modules at once, ahead of whoever asks for them one by one.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "symbols/symbol_finder.h"

namespace cairn::symbols {

// Belongs to one thread; its own threads it ends itself.
class Prefetch {
 public:
  using Found = base::Result<std::unique_ptr<LoadedSymbols>>;

  // More connections at once make public servers answer 429.
  static constexpr std::size_t kThreads = 4;

  // Begins to look for `modules` in their order. The finder must outlive this object, and stop soon once
  // `*cancelled`, which this object sets when it ends.
  Prefetch(SymbolFinder& finder, std::vector<model::Module> modules, std::atomic<bool>& cancelled);
  Prefetch(const Prefetch&) = delete;
  Prefetch& operator=(const Prefetch&) = delete;
  ~Prefetch();

  // The symbols of modules[index]: at once if they are there, when they are there if somebody looks for them,
  // else found by the caller itself. Ask once per module.
  Found Take(std::size_t index);

 private:
  struct Slot {
    bool claimed = false;
    std::optional<Found> found;
  };

  void Work();
  std::optional<std::size_t> ClaimNext();

  SymbolFinder& finder_;
  const std::vector<model::Module> modules_;
  std::atomic<bool>& cancelled_;
  std::mutex mutex_;
  std::condition_variable found_one_;
  std::vector<Slot> slots_;  // GUARDED_BY(mutex_)
  std::size_t next_ = 0;     // GUARDED_BY(mutex_)
  std::vector<std::thread> threads_;
};

}  // namespace cairn::symbols
