// Made-up minidumps whose stacks run through made-up modules.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "apps/replay_modules.h"
#include "apps/replay_random.h"

namespace cairn::apps {

// A function that is on a stack, and how far into it.
struct ReplayFrame {
  std::uint32_t module = 0;  // Index.
  std::uint64_t offset = 0;  // In the module.
};

// Innermost first. The outermost frames are those of an event loop, as in most programs; the innermost come
// from few functions, so that signatures are skewed too.
std::vector<ReplayFrame> MakeUpStack(const std::vector<ReplayModule>& modules, ReplayRandom& random);

// Where each module lies in memory.
std::vector<std::uint64_t> PlaceModules(const std::vector<ReplayModule>& modules, ReplayRandom& random);

// About 100 KB: a process of many threads, the first of which crashed with that stack. `modules` are made up.
std::vector<std::byte> MakeUpDump(const std::vector<ReplayModule>& modules,
                                  const std::vector<ReplayFrame>& stack, ReplayRandom& random);

}  // namespace cairn::apps
