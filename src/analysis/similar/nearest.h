// NearestStacks finds, among many stacks, those most alike one.
//
// Candidates are the stacks that share the query's rarest frames; FaST scores them. What shares nothing rare
// is not looked at: it would score low.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "analysis/similar/fast_score.h"

namespace cairn::similar {

inline constexpr std::size_t kMaxCandidates = 200;  // Scored for a query; each takes some microseconds.

struct NearStack {
  std::uint32_t stack = 0;  // By the order of Add, from 0.
  double score = 0;
};

class NearestStacks {
 public:
  // Borrows the dictionary, of which rarities are asked at each query.
  explicit NearestStacks(const FrameDictionary& frames, FastParameters parameters = {})
      : frames_(frames), parameters_(parameters) {}

  void Add(Stack stack);

  // At most `count`, best first; of equal scores the later one first. None whose score is not above zero.
  std::vector<NearStack> Find(std::span<const FrameId> query, std::size_t count) const;

  const Stack& StackAt(std::uint32_t stack) const { return stacks_[stack]; }
  std::size_t size() const { return stacks_.size(); }

 private:
  std::vector<std::uint32_t> Candidates(std::span<const FrameId> query) const;

  const FrameDictionary& frames_;
  FastParameters parameters_;
  std::vector<Stack> stacks_;
  std::vector<std::vector<std::uint32_t>> postings_;  // For each frame the stacks that have it, in order.
};

}  // namespace cairn::similar
