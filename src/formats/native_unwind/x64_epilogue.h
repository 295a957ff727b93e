// Recognizes the end of a function from its code of amd64 or x86: from there on, the instructions themselves
// say where the caller's registers are, which no unwind table of Windows or macOS does.
//
// What is recognized is what Microsoft's "x64 prolog and epilog" allows, and what compilers for macOS write:
// at most one instruction that frees the locals, then pops, then a return or a jump to another function.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "model/registers.h"
#include "model/unwind_row.h"

namespace cairn::native {

// amd64's registers by the numbers that its instructions use, as the unwinder counts them.
model::RegisterIndex X64Register(unsigned machine_number);

struct X64Epilogue {
  model::UnwindRow row;  // Holds at the first instruction that was read.
  // The function ends with a jump instead of a return. It may as well lead to another part of the same
  // function, whose frame is still there: then this is no epilogue. Counted from the first instruction that
  // was read; nothing for a jump through memory or a register.
  bool jumps = false;
  std::optional<std::int64_t> jump_distance;
};

// Reads `code` from its start; nothing unless it is an epilogue or the rest of one.
std::optional<X64Epilogue> ReadX64Epilogue(base::Bytes code);
std::optional<X64Epilogue> ReadX86Epilogue(base::Bytes code);

}  // namespace cairn::native
