// The bytes that allocators and compilers fill memory with, so that who uses it too late or too early is
// found.
#pragma once

#include <cstdint>
#include <string>

#include "model/registers.h"
#include "model/system.h"

namespace cairn::crash {

// What a pointer of nothing but one such byte (or near it: a field of what it pointed at) says: "0xe5: freed
// (mozjemalloc)". Empty for any other value.
std::string PoisonText(model::Cpu cpu, std::uint64_t pointer);

// True if a register's bytes are all the same, and one that bit flips are confused with.
bool HoldsPoison(const model::RegisterTable& table, const model::Registers& registers);

}  // namespace cairn::crash
