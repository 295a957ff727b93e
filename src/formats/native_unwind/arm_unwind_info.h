// Unwind instructions of 32-bit ARM: what .ARM.exidx and .ARM.extab say of one function's frame.
//
// Source: "Exception Handling ABI for the Arm Architecture", sections "The Arm-defined compact model" and
// "Frame unwinding instructions". They describe a finished frame, as it is where the function calls another;
// of prologues and epilogues they say nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/unwind_row.h"

namespace cairn::native {

// The instructions of an inline entry: the second word of an index row, whose bit 31 is set. kUnsupported for
// a personality routine other than the first, which has no room there.
base::Result<std::vector<std::uint8_t>> ReadInlineArmInstructions(std::uint32_t word);
// The same of a record of .ARM.extab, from its first word on. A language's own personality routine, which all
// compilers let precede instructions in the form of the second one of the ABI, is passed over.
base::Result<std::vector<std::uint8_t>> ReadArmInstructions(base::Bytes record);

// The row that the instructions come down to. kUnsupported for spare ones, for "refuse to unwind", and for
// frames whose size is known only from what they hold.
base::Result<model::UnwindRow> RowOfArmInstructions(const std::vector<std::uint8_t>& instructions);

}  // namespace cairn::native
