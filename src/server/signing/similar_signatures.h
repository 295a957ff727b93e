// Signatures whose crashes are alike those of one: often the same bug, through another build or missing
// symbols.
//
// The index gives inputs that share rare frames; FaST (analysis/similar) scores them. How rare a frame is, a
// sample of all inputs tells: their ids are hashes, so the first ones are as good as any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "server/search/crash_index.h"
#include "server/signing/signing_rules.h"

namespace cairn::signing {

inline constexpr std::size_t kSampledInputs = 1000;

struct SimilarSignature {
  std::string signature;
  double score = 0;                 // Above 0; 1: the same stack.
  std::vector<std::string> frames;  // Those that matched, innermost first.
};

struct SimilarSignatures {
  bool is_known = false;                // Whether any crash has the signature.
  std::vector<SimilarSignature> found;  // Best first.
};

base::Result<SimilarSignatures> FindSimilar(const search::CrashIndex& index,
                                            const std::shared_ptr<const SigningRules>& rules,
                                            const search::AlikeQuestion& question,
                                            std::size_t signatures_max);

}  // namespace cairn::signing
