// Follows the start of a function through its code of amd64 or x86: while the prologue still runs, compact
// unwind tables, which describe the finished frame alone, are wrong.
#pragma once

#include <optional>

#include "base/byte_reader.h"
#include "model/unwind_row.h"

namespace cairn::native {

// The row behind the instructions `code`, which are all from the function's first one on. Nothing if they are
// more than pushes, moves of the stack pointer to the frame pointer and an allocation of locals: then the
// prologue is over, or is of another kind.
std::optional<model::UnwindRow> ReadX64Prologue(base::Bytes code);
std::optional<model::UnwindRow> ReadX86Prologue(base::Bytes code);

}  // namespace cairn::native
