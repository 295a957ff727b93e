// The rules around the stack: what else is known of a crash (out of memory, a hang, a failed message) goes in
// front of or behind its frames, or replaces them; then the text is made printable, single-spaced and short.
#pragma once

#include <cstdint>
#include <string_view>

#include "analysis/signature/lists.h"
#include "analysis/signature/signature.h"
#include "analysis/signature/signature_input.h"

namespace cairn::signature {

// Changes a signature as each rule that applies says, in a fixed order.
void ApplyRules(const SignatureInput& input, const SignatureLists& lists, ExplainedSignature& result);

// The signature of one thread's frames alone. `rule` is who asks: the first word of a note.
ExplainedSignature SignThread(const SignatureInput& input, std::int64_t thread, const SignatureLists& lists,
                              std::string_view rule);

}  // namespace cairn::signature
