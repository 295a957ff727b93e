// The caller of a function that calls nothing, on CPUs that call through a link register.
#pragma once

#include <cstddef>
#include <cstdint>

#include "analysis/unwind/step.h"
#include "base/byte_reader.h"

namespace cairn::unwind {

// Whether the callee stands exactly where its pc says: the context's frame, and one that a signal
// interrupted. Only these may be in the middle of a function that calls nothing; all others are at a call.
bool IsExact(const model::Frame& callee);

// What an instruction does with the link register.
enum class LinkUse : std::uint8_t {
  kOther,
  kStored,    // Puts it onto the stack: from here on the function may call others.
  kRestored,  // Takes it off again or returns: what was before is another path or another function.
};

// How code is read backwards. `classify` gets the four bytes before an address and says what the instruction
// that ends there does.
struct PrologueRules {
  std::size_t step_bytes = 4;  // Instructions are a multiple of it.
  LinkUse (*classify)(base::Bytes last_four) = nullptr;
};

// Whether the callee stored its link register before pc, so that the register may hold what a later call
// left. False where the code is not known, or does not tell.
bool HasStoredLink(const StepInput& input, const PrologueRules& rules);

// The caller at the link register, where that is more than a guess: the callee is
// exact and has no unwind row, code can be called from there, and it is not in the callee's own function.
// There it was left by the last call that the function made; only at its first instruction it may be a
// recursion.
//
// Breakpad's and rust-minidump's walkers of arm and mips look at the stack alone and lose the caller of every
// system call's stub.
StepResult CallerByLinkRegister(const StepInput& input);

}  // namespace cairn::unwind
