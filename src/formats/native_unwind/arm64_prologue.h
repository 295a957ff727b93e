// Follows the start of a function through its arm64 code: while the prologue still runs, compact unwind
// tables, which describe the finished frame alone, are wrong.
#pragma once

#include <optional>

#include "base/byte_reader.h"
#include "model/unwind_row.h"

namespace cairn::native {

// The row behind the instructions `code`, which are all from the function's first one on. Nothing if x29 is
// set up among them (then the tables are right), or if one is no part of a prologue.
std::optional<model::UnwindRow> ReadArm64Prologue(base::Bytes code);

}  // namespace cairn::native
