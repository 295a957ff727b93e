// The forms of a call instruction on x86 and amd64 (Intel SDM volume 2, CALL).
#pragma once

#include "base/byte_reader.h"

namespace cairn::unwind {

// Whether `code` ends with a near call or a far one: e8 and a displacement, 9a and a pointer (32 bits only,
// but no harm on 64), or ff /2 and ff /3 with any operand. Prefixes stand before these bytes and do not
// matter. Code of which fewer bytes are given than a form takes does not have that form.
bool EndsWithX86Call(base::Bytes code);

}  // namespace cairn::unwind
