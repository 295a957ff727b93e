#include "symbols/prefetch.h"

#include <algorithm>
#include <utility>

namespace cairn::symbols {

Prefetch::Prefetch(SymbolFinder& finder, std::vector<model::Module> modules, std::atomic<bool>& cancelled)
    : finder_(finder), modules_(std::move(modules)), cancelled_(cancelled), slots_(modules_.size()) {
  const std::size_t count = std::min(kThreads, modules_.size());
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
}

Prefetch::~Prefetch() {
  cancelled_ = true;
  for (std::thread& thread : threads_) thread.join();
}

Prefetch::Found Prefetch::Take(std::size_t index) {
  {
    std::unique_lock lock(mutex_);
    Slot& slot = slots_.at(index);
    if (slot.claimed) {
      found_one_.wait(lock, [&] { return slot.found.has_value(); });
      return *std::move(slot.found);
    }
    slot.claimed = true;
  }
  return finder_.Find(modules_[index]);
}

void Prefetch::Work() {
  while (const std::optional<std::size_t> index = ClaimNext()) {
    Found found = finder_.Find(modules_[*index]);
    const std::lock_guard lock(mutex_);
    slots_[*index].found.emplace(std::move(found));
    found_one_.notify_all();
  }
}

std::optional<std::size_t> Prefetch::ClaimNext() {
  const std::lock_guard lock(mutex_);
  while (next_ < slots_.size() && slots_[next_].claimed) ++next_;
  if (next_ == slots_.size() || cancelled_) return std::nullopt;
  slots_[next_].claimed = true;
  return next_;
}

}  // namespace cairn::symbols
