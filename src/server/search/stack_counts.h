// What the stacks of the crashes that a search finds have in common.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace cairn::search {

inline constexpr std::size_t kMaxCountedStacks = 10'000;
inline constexpr std::size_t kMaxCountedModules = 1'000;

// A frame as a person sees it: a call that was inlined is one of its own.
struct CountedFrame {
  std::string function;  // Empty: no symbols.
  std::string module;
  std::uint64_t module_offset = 0;
};

struct CountedStack {
  std::uint64_t count = 0;           // How many threads of the crashes have it.
  std::vector<CountedFrame> frames;  // Innermost first.
};

struct StackCounts {
  std::uint64_t total = 0;  // Threads with a stack that were looked at.
  // The most frequent, then by id; not all of them if there are more than were asked for.
  std::vector<CountedStack> stacks;
};

// In how many crashes a module is on the crashing thread's stack.
struct ModuleCount {
  std::string module;
  std::uint64_t count = 0;
};

// Since when a signature is known, as far as its crashes are still there.
struct FirstSeen {
  std::string signature;
  std::int64_t date_ms = 0;
  std::string build_id;  // The first in the order of builds; empty if no crash says its build.
};

}  // namespace cairn::search
