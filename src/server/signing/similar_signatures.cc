#include "server/signing/similar_signatures.h"

#include <algorithm>
#include <map>
#include <span>
#include <string_view>
#include <utility>

#include "analysis/similar/comparable_frames.h"
#include "analysis/similar/fast_score.h"
#include "server/signing/input_signer.h"

namespace cairn::signing {
namespace {

// Stacks as they are compared.
class Comparer {
 public:
  Comparer(const search::CrashIndex& index, const std::shared_ptr<const SigningRules>& rules)
      : index_(index), rules_(rules), signer_(rules) {}

  using Stacks = std::vector<std::pair<std::string, similar::Stack>>;  // With their signatures.

  base::Result<Stacks> Read(const search::InputQuestion& question, std::size_t inputs_max) {
    ASSIGN_OR_RETURN(const std::unique_ptr<search::InputReader> reader, index_.ReadInputs(question));
    ASSIGN_OR_RETURN(const std::span<const search::StoredInput> inputs, reader->Next(inputs_max));
    Stacks stacks;
    for (const search::StoredInput& input : inputs) {
      (void)signer_.Sign(input);
      const std::vector<std::string> names = similar::ComparableFrames(signer_.input(), rules_->lists());
      const std::vector<std::string_view> frames(names.begin(), names.end());
      stacks.emplace_back(input.signature.signature, frames_.Intern(frames));
    }
    return stacks;
  }

  similar::FrameDictionary& frames() { return frames_; }

 private:
  const search::CrashIndex& index_;
  const std::shared_ptr<const SigningRules>& rules_;
  InputSigner signer_;
  similar::FrameDictionary frames_;
};

SimilarSignature Describe(const std::string& signature, const similar::FastScore& score,
                          const similar::FrameDictionary& frames) {
  SimilarSignature found{.signature = signature, .score = score.score, .frames = {}};
  for (const similar::AlignedFrame& aligned : score.aligned) {
    found.frames.emplace_back(frames.NameOf(aligned.frame));
  }
  return found;
}

}  // namespace

base::Result<SimilarSignatures> FindSimilar(const search::CrashIndex& index,
                                            const std::shared_ptr<const SigningRules>& rules,
                                            const search::AlikeQuestion& question,
                                            std::size_t signatures_max) {
  ASSIGN_OR_RETURN(const search::AlikeInputs alike, index.FindAlike(question));
  SimilarSignatures similar{.is_known = !alike.of_signature.empty(), .found = {}};
  if (alike.of_others.empty()) return similar;
  Comparer comparer(index, rules);
  ASSIGN_OR_RETURN(const Comparer::Stacks sample,
                   comparer.Read({.deadline = question.deadline}, kSampledInputs));
  for (const auto& [name, stack] : sample) comparer.frames().Count(stack);
  ASSIGN_OR_RETURN(const Comparer::Stacks queries,
                   comparer.Read({.only = alike.of_signature, .deadline = question.deadline},
                                 search::kMaxInputsOfSignature));
  ASSIGN_OR_RETURN(
      const Comparer::Stacks others,
      comparer.Read({.only = alike.of_others, .deadline = question.deadline}, search::kMaxAlikeInputs));
  std::map<std::string, SimilarSignature> best;
  for (const auto& [query_name, query] : queries) {
    for (const auto& [name, stack] : others) {
      const similar::FastScore score = similar::Explain(query, stack, comparer.frames());
      SimilarSignature& place = best[name];
      if (score.score > place.score) place = Describe(name, score, comparer.frames());
    }
  }
  for (auto& [name, found] : best) {
    if (found.score > 0) similar.found.push_back(std::move(found));
  }
  std::ranges::stable_sort(similar.found, std::ranges::greater(), &SimilarSignature::score);
  if (similar.found.size() > signatures_max) similar.found.resize(signatures_max);
  return similar;
}

}  // namespace cairn::signing
