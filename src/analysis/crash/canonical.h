// Which 64-bit numbers can be addresses of a process.
#pragma once

#include <cstdint>

#include "model/address.h"
#include "model/system.h"

namespace cairn::crash {

// amd64 without five-level paging, which no process gets unless it asks: bits 47 to 63 are all the same
// (Intel's manual, volume 1, section 3.3.7.1). Other CPUs have no such rule.
constexpr bool IsCanonical(model::Cpu cpu, model::ProcessAddress address) {
  constexpr std::uint64_t kFirst = 0x0000800000000000;
  constexpr std::uint64_t kLast = 0xffff7fffffffffff;
  return cpu != model::Cpu::kAmd64 || address.value < kFirst || address.value > kLast;
}

// arm64 ignores the top byte of an address where the system allows it (Linux, Android and macOS do):
// allocators keep a tag there. Only an address of a process's half has one.
constexpr model::ProcessAddress WithoutTag(model::Cpu cpu, model::ProcessAddress address) {
  constexpr std::uint64_t kTagBits = 0xff00000000000000;
  constexpr std::uint64_t kSignBit = 0x0080000000000000;
  if (cpu != model::Cpu::kArm64 || (address.value & kSignBit) != 0) return address;
  return {address.value & ~kTagBits};
}

}  // namespace cairn::crash
