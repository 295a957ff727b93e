// NamedStacks remembers what the stacks of pings are called, so that each distinct stack goes through a
// worker once: most of a day's pings have a stack that came before.
//
// Two pings have the same stack if all that names and signature depend on is the same: addresses relative to
// their modules, system, reason and the annotations that the signature rules read. What is remembered is
// forgotten when symbols come for it, and after a while: an operator may have changed files of the store.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <unordered_map>

#include "server/search/signature_input.h"
#include "server/worker/ping_reader.h"

namespace cairn::processor {

inline constexpr std::size_t kMaxNamedStackBytes = 256 << 20;  // 20,000 stacks of Firefox take about half.
inline constexpr std::int64_t kNamedStackMs = 10 * 60'000;

// A hash of all that names and signature depend on.
std::string KeyOfStack(const worker::Ping& ping);

// Any thread may call any method.
class NamedStacks {
 public:
  explicit NamedStacks(std::size_t bytes_max = kMaxNamedStackBytes) : bytes_max_(bytes_max) {}

  // `now_ms` is of a clock that nobody sets.
  // Null if it is not known.
  search::SharedInput Find(const std::string& key, std::int64_t now_ms);
  void Put(const std::string& key, search::SharedInput input, std::int64_t now_ms);
  // Forgets all stacks on which this build of a module is.
  void ForgetBuild(const std::string& debug_id);

  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };
  Counts counts() const;

 private:
  struct Entry {
    std::string key;
    search::SharedInput input;
    std::size_t bytes = 0;
    std::int64_t made_ms = 0;
  };
  void Forget(std::list<Entry>::iterator entry);

  std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;  // GUARDED_BY(mutex_); last used first.
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;  // GUARDED_BY(mutex_)
  std::size_t bytes_ = 0;                                               // GUARDED_BY(mutex_)
  Counts counts_;                                                       // GUARDED_BY(mutex_)
};

}  // namespace cairn::processor
