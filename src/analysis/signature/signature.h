// The signature: the one string that groups crashes which have, as far as a stack tells, the same cause.
//
// The frames of the crashing thread are normalised (normalize.h); then the lists (lists.h) say which are
// noise, which only lead on, and where to stop. What is left, joined with " | ", and what the rules around it
// add, is the signature. The rules and their order are those of Socorro's generator, so that a crash has the
// same signature in both.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/lists.h"
#include "analysis/signature/signature_input.h"
#include "model/crash_report.h"

namespace cairn::signature {

// Bytes of a signature; a longer one is cut and ends in "...".
inline constexpr std::size_t kMaxSignatureLength = 255;

model::Signature MakeSignature(const SignatureInput& input, const SignatureLists& lists);

// What became of a frame on the way to the signature.
enum class FrameRole {
  kAboveSentinel,  // A sentinel further out made the generator begin there.
  kEmpty,          // Nothing is known of it.
  kIrrelevant,
  kRepeated,  // The same module or placeholder as the frame before.
  kPrefix,    // In the signature, which goes on.
  kLast,      // In the signature, which ends here.
  kNotReached,
};

std::string_view FrameRoleName(FrameRole role);

struct ExplainedFrame {
  std::string normalized;
  FrameRole role = FrameRole::kNotReached;
};

struct ExplainedSignature {
  model::Signature signature;
  std::vector<ExplainedFrame> frames;
};

// MakeSignature, and why it came out so.
ExplainedSignature ExplainSignature(const SignatureInput& input, const SignatureLists& lists);

}  // namespace cairn::signature
