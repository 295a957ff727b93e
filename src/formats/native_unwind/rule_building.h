// Shorthand for the rules that unwind tables of every kind come down to.
#pragma once

#include <cstdint>

#include "model/registers.h"
#include "model/unwind_row.h"

namespace cairn::native {

// The value of a register plus `offset`. Offsets of unwind tables have far fewer than 63 bits.
model::Rule RegisterPlus(model::RegisterIndex index, std::int64_t offset);
// The CFA plus `offset`.
model::Rule CfaPlus(std::int64_t offset);
// What lies in memory at the address that `address` computes.
model::Rule LoadFrom(model::Rule address);

}  // namespace cairn::native
