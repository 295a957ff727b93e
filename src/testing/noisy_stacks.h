// Stacks of made-up bugs, each seen many times through the noise that real crashes have, with the bug that
// made each.
//
// A program of some modules and a few thousand functions is made up, and bugs in it: a way from main to the
// function at fault. A duplicate of a bug differs as two crashes of one bug do: its build inlines other
// calls, symbols of a module are missing, a function calls itself another number of times, the fault lies in
// the C library on behalf of the function, or in the allocator, or the program ends itself, another way leads
// to the same fault, the stack is cut.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn::testing {

struct NoisyFrame {
  std::string module;
  std::string debug_id;
  std::uint64_t module_offset = 0;
  std::string function;  // Empty: the module's symbols are missing.
  std::vector<std::string> inlines;
};

struct NoisyStack {
  std::uint32_t bug = 0;
  std::vector<NoisyFrame> frames;  // Innermost first.
};

// How often a stack has each kind of noise.
struct Noise {
  double inlining = 0.3;         // For a build: that a call is inlined.
  double missing_symbols = 0.1;  // For a module in a crash.
  double recursion = 0.15;       // Of bugs: that a function of theirs calls itself.
  double tail = 0.4;             // Of bugs: that the fault shows below them, in the C library.
  double other_way = 0.15;       // Of stacks: that another caller led there.
  double cut = 0.1;              // Of stacks: that the walk ended early.
};

struct NoisyStacks {
  std::uint32_t bugs = 200;
  std::uint32_t stacks = 2000;  // Bugs are hit unequally: few often, many seldom.
  std::uint64_t seed = 1;
  Noise noise;
};

// In the order of their crashes. The same settings give the same stacks on every machine.
std::vector<NoisyStack> MakeNoisyStacks(const NoisyStacks& settings);

}  // namespace cairn::testing
