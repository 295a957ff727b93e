#include "analysis/signature/signature.h"

#include "analysis/signature/rules.h"
#include "analysis/signature/stack_signer.h"

namespace cairn::signature {

Signer::Signer(const SignatureLists& lists, const CustomRules* custom)
    : stack_(std::make_unique<StackSigner>(lists, custom)) {}
Signer::~Signer() = default;

model::Signature Signer::Sign(const SignatureInput& input) {
  model::Signature signature;
  ApplyRules(input, *stack_, signature, nullptr);
  return signature;
}

ExplainedSignature Signer::Explain(const SignatureInput& input) {
  ExplainedSignature explained;
  model::Signature signature;
  ApplyRules(input, *stack_, signature, &explained);
  explained.signature = std::move(signature);
  return explained;
}

std::uint64_t Signer::states_made() const { return stack_->states_made(); }

model::Signature MakeSignature(const SignatureInput& input, const SignatureLists& lists) {
  return Signer(lists).Sign(input);
}

ExplainedSignature ExplainSignature(const SignatureInput& input, const SignatureLists& lists) {
  return Signer(lists).Explain(input);
}

std::string_view FrameRoleName(FrameRole role) {
  switch (role) {
    case FrameRole::kAboveSentinel: return "above_sentinel";
    case FrameRole::kEmpty: return "empty";
    case FrameRole::kIrrelevant: return "irrelevant";
    case FrameRole::kRepeated: return "repeated";
    case FrameRole::kPrefix: return "prefix";
    case FrameRole::kLast: return "last";
    case FrameRole::kNotReached: return "not_reached";
  }
  return "unknown";
}

std::string_view RuleOutcomeName(RuleOutcome outcome) {
  switch (outcome) {
    case RuleOutcome::kNotApplied: return "not_applied";
    case RuleOutcome::kApplied: return "applied";
    case RuleOutcome::kFailed: return "failed";
  }
  return "unknown";
}

}  // namespace cairn::signature
