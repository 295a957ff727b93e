#include "model/memory_view.h"

#include <algorithm>

namespace cairn::model {

std::optional<MemoryView> FindMemory(std::span<const MemoryView> views, ProcessAddress address) {
  auto next = std::ranges::upper_bound(views, address, {}, &MemoryView::start);
  // A view inside a larger one hides the larger one's tail: a dump's pieces around registers and code lie
  // inside stacks. A few steps back find it in every dump seen.
  constexpr int kMaxStepsBack = 8;
  for (int i = 0; i < kMaxStepsBack && next != views.begin(); ++i) {
    --next;
    if (next->Contains(address)) return *next;
  }
  return std::nullopt;
}

}  // namespace cairn::model
