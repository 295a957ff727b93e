// FaST: how alike two stacks are, in time that is linear in their frames.
//
// Rodrigues, Aloise, Fernandes: "FaST: A linear time stack trace alignment heuristic for crash report
// deduplication", MSR 2022. The N-th occurrence of a frame in one stack is aligned with its N-th in the
// other; what is aligned counts for them and the rest against them, each frame by its weight: more near the
// top of the stack, and more if it is rare among all stacks. Alignments count less the farther apart the two
// places are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cairn::similar {

// Frames are numbers, innermost first, given by a FrameDictionary.
using FrameId = std::uint32_t;
using Stack = std::vector<FrameId>;

inline constexpr std::size_t kMaxStackFrames =
    64;  // Of a stack; what lies deeper is the way in, and shared by many.

// Numbers for frames, and how many stacks have each: a frame of few stacks says more.
class FrameDictionary {
 public:
  // The stack of these frames, of which only the first kMaxStackFrames are kept. Frames that are new get
  // numbers.
  Stack Intern(std::span<const std::string_view> frames);

  // Counts a stack for the frequencies of its frames.
  void Count(std::span<const FrameId> stack);

  std::string_view NameOf(FrameId frame) const { return names_[frame]; }
  std::size_t size() const { return names_.size(); }
  std::uint64_t stacks_counted() const { return stacks_; }
  std::uint64_t CountOf(FrameId frame) const { return counts_[frame]; }

  // log(stacks / stacks with the frame), at least a little; a frame that was never counted is the rarest.
  double Rarity(FrameId frame) const;

 private:
  std::unordered_map<std::string, FrameId> numbers_;
  std::vector<std::string> names_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t stacks_ = 0;
};

// Chosen by hand in the range of the paper's optima. They are not tuned on the made-up duplicates that similar_bench
// reports on: what is won there would say little of real ones.
struct FastParameters {
  double place_decay = 0.55;     // A frame's weight falls with (1 + its place) to this power.
  double rarity_power = 0.8;     // And grows with its rarity to this power.
  double distance_decay = 0.06;  // An alignment over D places counts exp(-D times this).
};

// Two places that were aligned, from 0, and what they add to the score.
struct AlignedFrame {
  FrameId frame = 0;
  std::uint32_t place_in_first = 0;
  std::uint32_t place_in_second = 0;
  double share = 0;  // The shares of all alignments less what is against them give the score.
};

struct FastScore {
  double score = 0;                   // 1: the same; 0 or less: nothing in common. Symmetric.
  std::vector<AlignedFrame> aligned;  // Those that match, by their place in the first stack.
};

// 0 for an empty stack.
double ScoreOf(std::span<const FrameId> first, std::span<const FrameId> second, const FrameDictionary& frames,
               const FastParameters& parameters = {});

// The same, with the frames that match.
FastScore Explain(std::span<const FrameId> first, std::span<const FrameId> second,
                  const FrameDictionary& frames, const FastParameters& parameters = {});

}  // namespace cairn::similar
