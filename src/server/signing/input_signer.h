// InputSigner signs what the index keeps of crashes: the one way to a signature for new crashes, for history
// and for a preview, so that all three agree.
#pragma once

#include <memory>
#include <string>

#include "analysis/signature/signature.h"
#include "analysis/signature/signature_input.h"
#include "server/search/signature_input.h"
#include "server/search/stored_input.h"
#include "server/signing/signing_rules.h"

namespace cairn::signing {

// One thread at a time. The same input gives the same answer whatever came before.
class InputSigner {
 public:
  explicit InputSigner(std::shared_ptr<const SigningRules> rules);

  // The signature that is in `input` is not looked at.
  search::Signature Sign(const search::StoredInput& input);
  search::Signature Sign(const search::SignatureInput& input);
  // The text of that signature alone, for less.
  std::string TextOf(const search::StoredInput& input);

  // What the rules were last asked about; for the frames of which stacks are compared.
  const signature::SignatureInput& input() const { return input_; }

 private:
  model::Signature Make(const search::StoredInput& input);
  void FillThread(const search::BorrowedStack& stack, std::size_t thread);

  std::shared_ptr<const SigningRules> rules_;
  signature::Signer signer_;
  signature::SignatureInput input_;  // Kept for its memory.
  bool has_failed_ = false;          // Whether the crash that was signed last could not be processed.
};

}  // namespace cairn::signing
