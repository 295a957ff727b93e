// The rules around the stack: what else is known of a crash (out of memory, a hang, a failed message) goes in
// front of or behind its frames, or replaces them; then the text is made printable, single-spaced and short.
#pragma once

#include <string>

#include "analysis/signature/explanation.h"
#include "analysis/signature/signature_input.h"
#include "analysis/signature/stack_signer.h"
#include "model/crash_report.h"

namespace cairn::signature {

// Makes a signature as each rule that applies says, in a fixed order. `explained`, which may be nullptr, gets
// the frames and what each rule did.
void ApplyRules(const SignatureInput& input, StackSigner& stack, model::Signature& signature,
                ExplainedSignature* explained);

// The parts of the above, for tests.

// "[12] ###!!! ABORT: words: file a.cpp, line 3" to "words"; the message may say nothing.
std::string AbortWords(std::string_view message);
std::string KeepPrintable(std::string_view text);
std::string FixWhitespace(std::string_view text);

}  // namespace cairn::signature
