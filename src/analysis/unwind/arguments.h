// Guesses what functions on x86 were called with: the words above their return addresses, by the types that
// their names tell.
//
// cdecl and stdcall put all arguments there, the first lowest; methods take `this` in ecx on Windows and as
// the first word elsewhere. Functions may have reused the words since, optimizers leave them out, and objects
// passed by value have sizes that no name tells: a guess helps a reader who knows that it is one.
#pragma once

#include <string_view>
#include <vector>

#include "analysis/unwind/stack_memory.h"
#include "model/frame.h"
#include "model/system.h"

namespace cairn::unwind {

// The types in a function's name, "f(int, std::map<int, char>)"; none of a name without a list.
std::vector<std::string_view> ParameterTypes(std::string_view function);

// Fills in the arguments of all frames that have a name and a caller. `frames` are of one thread of an x86
// process, named, innermost first; `stack` is the thread's.
void GuessArguments(model::Os os, const StackMemory& stack, std::vector<model::Frame>& frames);

}  // namespace cairn::unwind
