// NamedStacks remembers what the stacks of pings are called, so that each distinct stack goes through a
// worker once: most of a day's pings have a stack that came before.
//
// Two pings have the same stack if all that names and signatures depend on is the same: modules, offsets in
// them, system, reason and the annotations that the signature rules read. Where the modules were loaded is
// each ping's own, so a ping gets names and signature from here and keeps its addresses. What is remembered
// is forgotten after a while, because symbols come late.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/crash_report.h"
#include "server/worker/ping_reader.h"

namespace cairn::processor {

inline constexpr std::size_t kMaxNamedStackBytes = 256 << 20;  // 20,000 stacks of Firefox take about half.
inline constexpr std::int64_t kNamedStackMs = 10 * 60'000;

// What a worker found out of one ping's stack, in the order of its threads and frames.
struct StackNames {
  struct FrameNames {
    model::SourceLocation location;
    std::optional<std::uint64_t> function_offset;
    std::vector<model::SourceLocation> inlines;
    bool missing_symbols = false;
  };
  struct ModuleState {
    model::SymbolStatus symbols = model::SymbolStatus::kNotAsked;
    bool has_corrupt_symbols = false;
  };
  std::vector<std::vector<FrameNames>> threads;
  std::vector<ModuleState> modules;
  model::Signature signature;

  std::size_t bytes() const;  // About.
};

// A hash of all that names and signature depend on.
std::string KeyOfStack(const worker::Ping& ping);

// From the outcome of a worker; nothing if it has not the shape of the ping.
std::optional<StackNames> NamesOf(const worker::CrashOutcome& outcome, const worker::Ping& ping);

// Gives the ping's frames their names, its modules their state and the report its signature. `names` are
// those of a ping with the same key.
void GiveNames(const StackNames& names, worker::Ping& ping);

// Any thread may call any method.
class NamedStacks {
 public:
  explicit NamedStacks(std::size_t bytes_max = kMaxNamedStackBytes) : bytes_max_(bytes_max) {}

  // `now_ms` is of a clock that nobody sets.
  std::optional<StackNames> Find(const std::string& key, std::int64_t now_ms);
  void Put(const std::string& key, StackNames names, std::int64_t now_ms);

  struct Counts {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;
  };
  Counts counts() const;

 private:
  struct Entry {
    std::string key;
    StackNames names;
    std::size_t bytes = 0;
    std::int64_t made_ms = 0;
  };
  void Forget(std::list<Entry>::iterator entry);

  std::size_t bytes_max_;
  mutable std::mutex mutex_;
  std::list<Entry> entries_;                                  // GUARDED_BY(mutex_); last used first.
  std::map<std::string, std::list<Entry>::iterator> by_key_;  // GUARDED_BY(mutex_)
  std::size_t bytes_ = 0;                                     // GUARDED_BY(mutex_)
  Counts counts_;                                             // GUARDED_BY(mutex_)
};

}  // namespace cairn::processor
