#include "server/processor/healer.h"

#include <chrono>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "base/time_units.h"
#include "os/thread.h"
#include "server/intake/crash_id.h"
#include "server/intake/queue_kinds.h"
#include "server/store/blob_keys.h"

namespace cairn::processor {
namespace {

constexpr std::size_t kPageKeys = 100'000;

// Reports of a day that have a document and no row.
base::Result<std::size_t> QueueUnindexed(const HealerParts& parts, const std::string& day) {
  const std::string prefix = store::RawCrashKey(day, "");
  std::size_t queued = 0;
  std::string last;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<std::string> keys, parts.blobs.List(prefix, last, kPageKeys));
    for (const std::string& key : keys) {
      const std::string id = key.substr(prefix.size());
      ASSIGN_OR_RETURN(const auto row, parts.index.Get(id));
      if (row) continue;
      ASSIGN_OR_RETURN(const bool is_there, parts.blobs.Exists(key));
      if (!is_there) continue;  // Removed since the keys were listed.
      // What waits or is set aside has no row for a reason.
      ASSIGN_OR_RETURN(const bool is_new, parts.queue.Push({std::string(intake::kReportKind), id}));
      if (is_new) ++queued;
    }
    if (keys.size() < kPageKeys) return queued;
    last = keys.back();
  }
}

}  // namespace

intake::ProcessedPacks PacksIn(const search::CrashIndex& index) {
  return [&index](const std::string& day) -> base::Result<std::set<std::string>> {
    const std::optional<std::int64_t> day_ms = intake::StartOfDay(day);
    if (!day_ms) return std::set<std::string>();
    ASSIGN_OR_RETURN(const std::vector<std::string> packs, index.PacksOf(*day_ms));
    return std::set<std::string>(packs.begin(), packs.end());
  };
}

base::Result<std::size_t> HealOnce(const HealerParts& parts, QueuedPacks& queued_packs) {
  const std::int64_t now_ms = parts.clock();
  const std::string yesterday = intake::DayOf(now_ms - base::kDayMs);
  queued_packs.erase(queued_packs.begin(), queued_packs.lower_bound(yesterday));
  const intake::ProcessedPacks of_index = PacksIn(parts.index);
  const auto answered_for = [&](const std::string& day) -> base::Result<std::set<std::string>> {
    ASSIGN_OR_RETURN(std::set<std::string> packs, of_index(day));
    const std::string prefix = day + "/";
    for (auto pack = queued_packs.lower_bound(prefix);
         pack != queued_packs.end() && pack->starts_with(prefix); ++pack) {
      packs.insert(pack->substr(prefix.size()));
    }
    return packs;
  };
  ASSIGN_OR_RETURN(intake::Requeued requeued,
                   intake::QueueUnprocessed(parts.blobs, parts.queue, answered_for, yesterday));
  queued_packs.insert(std::make_move_iterator(requeued.packs.begin()),
                      std::make_move_iterator(requeued.packs.end()));
  std::size_t queued = requeued.queued;
  for (const std::string& day : {yesterday, intake::DayOf(now_ms)}) {
    ASSIGN_OR_RETURN(const std::size_t unindexed, QueueUnindexed(parts, day));
    queued += unindexed;
  }
  if (queued > 0 && parts.arrived) parts.arrived();
  return queued;
}

Healer::Healer(HealerParts parts, std::int64_t every_ms)
    : parts_(std::move(parts)), thread_([this, every_ms] { Run(every_ms); }) {}

Healer::~Healer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Healer::Run(std::int64_t every_ms) {
  os::NameThread("healer");
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::milliseconds(every_ms), [this] { return stopping_; })) {
    lock.unlock();
    (void)HealOnce(parts_, queued_packs_);  // A store that fails now is asked again the next time.
    lock.lock();
  }
}

}  // namespace cairn::processor
