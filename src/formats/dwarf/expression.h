// Turns the DWARF expressions of unwind tables into model::Rule, the unwinder's own postfix form.
//
// Source: DWARF 5 section 2.5. Only what has an equal in a Rule is turned: arithmetic over registers and
// constants, loads of a whole pointer, and the stack operations. Comparison and bit operations are turned
// where arithmetic can say the same, which is what the linkers' PLT tables need.
#pragma once

#include <optional>

#include "base/byte_reader.h"
#include "model/unwind_row.h"

namespace cairn::dwarf {

// An expression of more operations than this is refused; those that compilers and linkers write have
// below 20.
inline constexpr int kMaxExpressionOperations = 128;
// What an expression may hold on its stack at once.
inline constexpr std::size_t kMaxExpressionStack = 16;

// The rule that computes what `expression` leaves on top of its stack, which starts with `initial` (for a
// register's rule the CFA) or empty. Nothing if a Rule cannot say it.
std::optional<model::Rule> TranslateExpression(base::Bytes expression, const model::Rule& initial);

}  // namespace cairn::dwarf
