// Looking up addresses in the mappings of the crashed process.
#pragma once

#include <cstdint>
#include <span>

#include "model/address.h"
#include "model/crash_facts.h"
#include "model/crash_report.h"

namespace cairn::crash {

// Mappings, sorted by start and not overlapping; what is found points into them. Empty: nothing is known.
using Regions = std::span<const model::MemoryMapping>;

// The mapping that holds `address`, or nullptr.
const model::MemoryMapping* FindRegion(Regions regions, model::ProcessAddress address);

// The first mapping that starts above `address`, or nullptr.
const model::MemoryMapping* FindRegionAbove(Regions regions, model::ProcessAddress address);

bool IsAccessible(const model::MemoryMapping& region);  // It can be read, written or executed.
bool Allows(const model::MemoryMapping& region, model::AccessKind kind);

// A small mapping without any access next to one with: what allocators and thread libraries put around memory
// so that running over its end is noticed.
bool IsLikelyGuardPage(Regions regions, model::ProcessAddress address);

}  // namespace cairn::crash
