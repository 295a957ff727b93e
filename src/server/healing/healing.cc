#include "server/healing/healing.h"

#include <utility>
#include <vector>

#include "server/healing/name_addresses.h"

namespace cairn::healing {
namespace {

using signing::HealProgress;

}  // namespace

Healing::Healing(HealingParts parts)
    : parts_(std::move(parts)),
      thread_(parts_.queue, {.kind = std::string(kHealKind), .lease_ms = kLeaseMs, .name = "healing"},
              [this](const store::ClaimedItem& claim, const std::atomic<bool>& stopping) {
                FollowOrder(claim, stopping);
              }) {}

base::Status Healing::Order(const std::string& debug_file, const std::string& debug_id) {
  return thread_.Order(debug_file + "/" + debug_id);
}

std::optional<HealingWork> Healing::work() const {
  const std::lock_guard lock(mutex_);
  return work_;
}

base::Result<std::uint64_t> Healing::CountWaiting() const {
  ASSIGN_OR_RETURN(const store::QueueCounts counts, parts_.queue.Count(kHealKind));
  return counts.ready + counts.delayed + counts.claimed;
}

void Healing::WaitUntilHealed() const { thread_.WaitUntilIdle(); }

void Healing::FollowOrder(const store::ClaimedItem& claim, const std::atomic<bool>& stopping) {
  const std::uint64_t files = parts_.symbols.additions();
  const base::Result<HealProgress> healed = Follow(claim, stopping);
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
}

base::Result<HealProgress> Healing::Follow(const store::ClaimedItem& claim,
                                           const std::atomic<bool>& stopping) {
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
          [this, &claim, &stopping](const HealProgress& progress) {
            Show(progress);
            (void)parts_.queue.Extend(claim, kLeaseMs);
            return !stopping;
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
