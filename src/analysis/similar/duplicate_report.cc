#include "analysis/similar/duplicate_report.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/signature/group.h"
#include "analysis/signature/signature.h"
#include "analysis/similar/comparable_frames.h"
#include "analysis/similar/fast_score.h"
#include "analysis/similar/nearest.h"

namespace cairn::similar {
namespace {

// From this score on a stack joins the group of its nearest.
constexpr double kJoinScore = 0.1;

// Pairs that the area is taken of: each stack with so many others, spread evenly.
constexpr std::size_t kPairsOfAStack = 40;

struct Seen {
  std::string signature;
  bool is_symbolicated = false;
  Stack stack;
};

// Groups and first answers, as stacks come.
class Follower {
 public:
  explicit Follower(std::span<const LabelledStack> stacks) : stacks_(stacks) {}

  // What the next stack is thought to belong to: the number of an earlier one, or nothing.
  void Take(std::optional<std::uint32_t> answer, bool joins) {
    const auto number = static_cast<std::uint32_t>(groups_.size());
    const std::uint32_t bug = stacks_[number].bug;
    if (seen_bugs_[bug]++ > 0) {
      ++asked_;
      if (answer && stacks_[*answer].bug == bug) ++right_;
    }
    groups_.push_back(answer && joins ? groups_[*answer] : number);
  }

  DuplicateFigures Figures() const {
    std::vector<std::uint32_t> bugs;
    for (const LabelledStack& stack : stacks_) bugs.push_back(stack.bug);
    return {.grouping = BCubedOf(bugs, groups_),
            .first_right = asked_ > 0 ? static_cast<double>(right_) / static_cast<double>(asked_) : 0};
  }

 private:
  std::span<const LabelledStack> stacks_;
  std::vector<std::uint32_t> groups_;
  std::map<std::uint32_t, std::size_t> seen_bugs_;
  std::size_t asked_ = 0;
  std::size_t right_ = 0;
};

std::vector<Seen> SeeAll(std::span<const LabelledStack> stacks, const signature::SignatureLists& lists,
                         FrameDictionary& frames) {
  std::vector<Seen> seen;
  signature::Signer signer(lists);
  for (const LabelledStack& stack : stacks) {
    const std::vector<std::string> names = ComparableFrames(stack.input, lists);
    seen.push_back({.signature = signer.Sign(stack.input).text,
                    .is_symbolicated = signature::GroupOf(stack.input, lists).is_symbolicated,
                    .stack = frames.Intern(std::vector<std::string_view>(names.begin(), names.end()))});
  }
  return seen;
}

double Area(std::span<const LabelledStack> stacks, const std::vector<Seen>& seen,
            const FrameDictionary& frames, double signature_adds, double fast_times) {
  std::vector<ScoredPair> pairs;
  const std::size_t step = std::max<std::size_t>(1, stacks.size() / kPairsOfAStack);
  for (std::size_t i = 0; i < stacks.size(); ++i) {
    for (std::size_t j = i % step; j < i; j += step) {
      const bool is_same = seen[i].signature == seen[j].signature;
      pairs.push_back(
          {(is_same ? signature_adds : 0) + fast_times * ScoreOf(seen[i].stack, seen[j].stack, frames),
           stacks[i].bug == stacks[j].bug});
    }
  }
  return AreaUnderCurve(pairs);
}

}  // namespace

DuplicateReport ReportDuplicates(std::span<const LabelledStack> stacks,
                                 const signature::SignatureLists& lists) {
  FrameDictionary frames;
  const std::vector<Seen> seen = SeeAll(stacks, lists, frames);
  NearestStacks nearest(frames);
  std::map<std::string_view, std::uint32_t> by_signature;  // The latest of each.
  Follower signatures(stacks), fast(stacks), both(stacks);
  for (std::uint32_t i = 0; i < stacks.size(); ++i) {
    const auto known = by_signature.find(seen[i].signature);
    const std::optional<std::uint32_t> same =
        known == by_signature.end() ? std::nullopt : std::optional(known->second);
    const std::vector<NearStack> near = nearest.Find(seen[i].stack, 1);
    const std::optional<std::uint32_t> alike = near.empty() ? std::nullopt : std::optional(near[0].stack);
    const bool joins = !near.empty() && near[0].score >= kJoinScore;
    signatures.Take(same, true);
    fast.Take(alike, joins);
    // A signature of modules alone says nothing: then the places of FaST's frames do.
    const bool trusts_signature = same && seen[i].is_symbolicated;
    both.Take(joins || !trusts_signature ? alike : same, joins || trusts_signature);
    by_signature[seen[i].signature] = i;
    frames.Count(seen[i].stack);
    nearest.Add(seen[i].stack);
  }
  DuplicateReport report{signatures.Figures(), fast.Figures(), both.Figures()};
  report.by_signature.area_under_curve = Area(stacks, seen, frames, 1, 0);
  report.by_fast.area_under_curve = Area(stacks, seen, frames, 0, 1);
  report.by_both.area_under_curve = Area(stacks, seen, frames, 0.5, 1);
  return report;
}

}  // namespace cairn::similar
