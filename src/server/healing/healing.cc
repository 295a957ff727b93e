#include "server/healing/healing.h"

#include <chrono>
#include <utility>
#include <vector>

#include "os/thread.h"
#include "server/healing/name_addresses.h"

namespace cairn::healing {
namespace {

using base::Code;
using signing::HealProgress;

store::QueueItem ItemOf(const std::string& debug_file, const std::string& debug_id) {
  return {std::string(kHealKind), debug_file + "/" + debug_id};
}

}  // namespace

Healing::Healing(HealingParts parts) : parts_(std::move(parts)), thread_([this] { Run(); }) {}

Healing::~Healing() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

base::Status Healing::Order(const std::string& debug_file, const std::string& debug_id) {
  RETURN_IF_ERROR(parts_.queue.Push(ItemOf(debug_file, debug_id)));
  {
    const std::lock_guard lock(mutex_);
    ++orders_;
  }
  changed_.notify_all();
  return {};
}

std::optional<HealingWork> Healing::work() const {
  const std::lock_guard lock(mutex_);
  return work_;
}

base::Result<std::uint64_t> Healing::CountWaiting() const {
  ASSIGN_OR_RETURN(const store::QueueCounts counts, parts_.queue.Count(kHealKind));
  return counts.ready + counts.delayed + counts.claimed;
}

void Healing::WaitUntilHealed() const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return orders_seen_ == orders_; });
}

void Healing::Run() {
  os::NameThread("healing");
  os::LowerThreadPriority(os::Priority::kLower);
  for (;;) {
    std::uint64_t seen = 0;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      seen = orders_;
    }
    if (FollowOne()) continue;
    std::unique_lock lock(mutex_);
    orders_seen_ = seen;
    changed_.notify_all();
    changed_.wait_for(lock, std::chrono::milliseconds(kIdleWaitMs),
                      [&] { return orders_ != seen || stopping_; });
  }
}

// Whether there was an order.
bool Healing::FollowOne() {
  const base::Result<std::vector<store::ClaimedItem>> claims = parts_.queue.Claim(kHealKind, 1, kLeaseMs);
  if (!claims || claims->empty()) return false;
  const store::ClaimedItem& claim = claims->front();
  const std::uint64_t files = parts_.symbols.additions();
  const base::Result<HealProgress> healed = Follow(claim);
  const bool is_again = claim.attempts > 1;
  if (!healed) {
    metrics_.failed.Add();
    parts_.trouble(healed.error());
    (void)parts_.queue.Postpone(claim, base::Describe(healed.error()));
  } else if (healed->is_done && is_again && parts_.symbols.additions() == files) {
    (void)parts_.queue.Ack(claim);
    metrics_.followed.Add();
  } else if (healed->is_done) {
    (void)parts_.queue.Extend(claim, parts_.again_after_ms);
  }
  const std::lock_guard lock(mutex_);
  work_.reset();
  return true;
}

base::Result<HealProgress> Healing::Follow(const store::ClaimedItem& claim) {
  const std::string& id = claim.item.id;
  const std::size_t slash = std::min(id.rfind('/'), id.size());
  HealingWork work{.debug_file = id.substr(0, slash),
                   .debug_id = id.substr(std::min(slash + 1, id.size())),
                   .is_again = claim.attempts > 1,
                   .progress = {}};
  {
    const std::lock_guard lock(mutex_);
    work_ = work;
  }
  std::optional<ModuleNames> names = ModuleNames::Open(parts_.symbols, work.debug_file, work.debug_id);
  HealProgress nothing_to_do;
  nothing_to_do.is_done = true;
  if (!names) return nothing_to_do;  // They were removed meanwhile.
  parts_.forget(work.debug_id);
  const signing::HealOrder order{
      .debug_id = work.debug_id,
      .name = [&names](std::span<const search::StackFrame> addresses)
          -> base::Result<std::vector<search::StackFrame>> { return names->Name(addresses); },
      .on_progress =
          [this, &claim](const HealProgress& progress) {
            Show(progress);
            (void)parts_.queue.Extend(claim, kLeaseMs);
            const std::lock_guard lock(mutex_);
            return !stopping_;
          }};
  ASSIGN_OR_RETURN(const HealProgress healed, Heal(parts_.signing, parts_.index, order));
  metrics_.addresses.Add(healed.named);
  metrics_.signatures.Add(healed.changed);
  return healed;
}

void Healing::Show(const HealProgress& progress) {
  const std::lock_guard lock(mutex_);
  if (work_) work_->progress = progress;
}

}  // namespace cairn::healing
