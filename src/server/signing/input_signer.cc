#include "server/signing/input_signer.h"

#include <algorithm>
#include <utility>

#include "analysis/signature/group.h"
#include "base/hex.h"
#include "server/worker/signature_annotations.h"

namespace cairn::signing {
namespace {

void Fill(const search::StackFrame& from, signature::SignatureFrame& to) {
  to.module = from.module;
  to.debug_id = from.debug_id;
  to.module_offset = from.module_offset;
  to.offset.clear();
  to.inlines.clear();
  if (from.names.empty()) {
    to.function.clear();
    to.file.clear();
    to.line = 0;
    // Without a module the index has the address itself.
    if (from.module.empty()) to.offset = base::ToAddress(from.module_offset);
    return;
  }
  const search::NamedFrame& own = from.names.back();
  to.function = own.function;
  to.file = own.file;
  to.line = own.line;
  for (std::size_t i = 0; i + 1 < from.names.size(); ++i) {
    to.inlines.push_back({from.names[i].function, from.names[i].file, from.names[i].line});
  }
}

search::BorrowedStack Borrow(const search::SharedStack& stack) {
  search::BorrowedStack frames;
  for (const search::StackFrame& frame : stack->frames()) frames.push_back(&frame);
  return frames;
}

}  // namespace

InputSigner::InputSigner(std::shared_ptr<const SigningRules> rules)
    : rules_(std::move(rules)), signer_(rules_->lists(), rules_->custom_rules()) {}

void InputSigner::FillThread(const search::BorrowedStack& stack, std::size_t thread) {
  std::vector<signature::SignatureFrame>& frames = input_.threads[thread].frames;
  frames.resize(std::min(stack.size(), signature::kMaxSignatureFrames));
  for (std::size_t i = 0; i < frames.size(); ++i) Fill(*stack[i], frames[i]);
}

model::Signature InputSigner::Make(const search::StoredInput& input) {
  std::vector<signature::SignatureThread> threads = std::move(input_.threads);
  input_ = {};
  input_.threads = std::move(threads);
  input_.os = input.platform;
  input_.reason = input.reason;
  // The rules ask for the thread that crashed and for the first one. The latter is there where it matters.
  const bool has_first = !input.more_stacks.empty();
  const bool is_first = has_first && input.stack.empty();
  input_.threads.resize(has_first ? 2 : 1);
  if (has_first) FillThread(input.more_stacks.front(), 0);
  FillThread(input.stack, has_first ? 1 : 0);
  input_.crashing_thread = has_first && !is_first ? 1 : 0;
  has_failed_ = false;
  if (input.annotations_json.size() > 2) {
    const worker::Annotations annotations = worker::ReadAnnotations(input.annotations_json);
    worker::AddSignatureAnnotations(annotations, input_);
    input_.annotations = {annotations.begin(), annotations.end()};
    has_failed_ = annotations.contains(std::string(worker::kProcessingFailed));
  }
  if (!has_failed_) return signer_.Sign(input_);
  model::Signature failed;
  failed.text = failed.proto = std::string(worker::kFailedSignature);
  return failed;
}

std::string InputSigner::TextOf(const search::StoredInput& input) { return rules_->Decide(Make(input).text); }

search::Signature InputSigner::Sign(const search::StoredInput& input) {
  model::Signature made = Make(input);
  search::Signature signature;
  signature.signature = rules_->Decide(made.text);
  signature.proto_signature = std::move(made.proto);
  if (!has_failed_) signature.group = signature::GroupOf(input_, rules_->lists()).key;
  return signature;
}

search::Signature InputSigner::Sign(const search::SignatureInput& input) {
  const search::SignatureInput::Parts& parts = input.parts();
  search::StoredInput stored;
  stored.stack = Borrow(parts.stack);
  for (const search::SharedStack& stack : parts.more_stacks) stored.more_stacks.push_back(Borrow(stack));
  stored.platform = parts.platform;
  stored.reason = parts.reason;
  stored.annotations_json = input.annotations_json();
  return Sign(stored);
}

}  // namespace cairn::signing
