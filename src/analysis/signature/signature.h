// The signature: the one string that groups crashes which have, as far as a stack tells, the same cause.
//
// The frames of the crashing thread are normalised (normalize.h); then the lists (lists.h) say which are
// noise, which only lead on, and where to stop. What is left, joined with " | ", and what the rules around it
// add (rules.h), is the signature. The rules and their order are those of Socorro's generator, so that a
// crash has the same signature in both.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/custom_rules.h"
#include "analysis/signature/explanation.h"
#include "analysis/signature/lists.h"
#include "analysis/signature/signature_input.h"
#include "model/crash_report.h"

namespace cairn::signature {

class StackSigner;

// Bytes of a signature; a longer one is cut and ends in "...".
inline constexpr std::size_t kMaxSignatureLength = 255;

// Makes signature after signature and remembers what patterns it has met, which makes it some ten times
// faster than MakeSignature. The same input gives the same answer whatever came before. One thread at a time.
class Signer {
 public:
  // Borrows both; without custom rules the second is nullptr.
  explicit Signer(const SignatureLists& lists, const CustomRules* custom = nullptr);
  ~Signer();

  model::Signature Sign(const SignatureInput& input);

  // Sign, and why it came out so.
  ExplainedSignature Explain(const SignatureInput& input);

  // States that patterns were led to for the first time: the work that depends on what came before.
  std::uint64_t states_made() const;

 private:
  std::unique_ptr<StackSigner> stack_;
};

// One signature.
model::Signature MakeSignature(const SignatureInput& input, const SignatureLists& lists);
ExplainedSignature ExplainSignature(const SignatureInput& input, const SignatureLists& lists);

}  // namespace cairn::signature
