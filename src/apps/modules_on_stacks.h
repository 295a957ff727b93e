// Which modules the stacks of a dump may lead to: a guess, for fetching symbols ahead of the walk.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_reader.h"
#include "model/crash_report.h"

namespace cairn::apps {

// Of a thread's stack only this much is looked at, from its start, where the newest frames are.
inline constexpr std::size_t kMaxLookedAtBytes = std::size_t{1} << 20;

// Indexes of report.modules into which words on the stacks point, in the order in which they are met: the
// crashing thread first, or nothing but it. Words that point into a module by chance count as well.
std::vector<std::uint32_t> ModulesOnStacks(base::Bytes dump, const model::CrashReport& report,
                                           bool crashing_thread_only);

}  // namespace cairn::apps
