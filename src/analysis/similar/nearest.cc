#include "analysis/similar/nearest.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace cairn::similar {

void NearestStacks::Add(Stack stack) {
  const auto number = static_cast<std::uint32_t>(stacks_.size());
  for (const FrameId frame : stack) {
    if (postings_.size() <= frame) postings_.resize(frame + 1);
    std::vector<std::uint32_t>& posting = postings_[frame];
    if (posting.empty() || posting.back() != number) posting.push_back(number);
  }
  stacks_.push_back(std::move(stack));
}

std::vector<NearStack> NearestStacks::Find(std::span<const FrameId> query, std::size_t count) const {
  std::vector<NearStack> found;
  for (const std::uint32_t candidate : Candidates(query)) {
    const double score = ScoreOf(query, stacks_[candidate], frames_, parameters_);
    if (score > 0) found.push_back({candidate, score});
  }
  std::ranges::sort(found, [](const NearStack& a, const NearStack& b) {
    return std::pair(b.score, b.stack) < std::pair(a.score, a.stack);
  });
  found.resize(std::min(found.size(), count));
  return found;
}

// The stacks of the query's rarest frames, the latest of each first, until there are enough.
std::vector<std::uint32_t> NearestStacks::Candidates(std::span<const FrameId> query) const {
  Stack rarest(query.begin(), query.end());
  std::ranges::sort(rarest);
  const auto repeated = std::ranges::unique(rarest);
  rarest.erase(repeated.begin(), repeated.end());
  std::erase_if(rarest, [&](FrameId frame) { return frame >= postings_.size() || postings_[frame].empty(); });
  std::ranges::stable_sort(rarest, {}, [&](FrameId frame) { return postings_[frame].size(); });
  std::vector<std::uint32_t> candidates;
  std::unordered_set<std::uint32_t> seen;
  for (const FrameId frame : rarest) {
    const std::vector<std::uint32_t>& posting = postings_[frame];
    for (auto stack = posting.rbegin(); stack != posting.rend(); ++stack) {
      if (candidates.size() == kMaxCandidates) return candidates;
      if (seen.insert(*stack).second) candidates.push_back(*stack);
    }
  }
  return candidates;
}

}  // namespace cairn::similar
