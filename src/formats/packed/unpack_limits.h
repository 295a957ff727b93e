// What unpacking may cost. The bytes come from strangers, and a few packed ones may stand for gigabytes.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cairn::packed {

struct UnpackLimits {
  std::uint64_t max_bytes = std::uint64_t{2} << 30;

  // Symbol files shrink to a twelfth at most, repetitive ones to a hundredth.
  std::uint64_t max_ratio = 250;

  // So much may come out whatever the ratio.
  std::uint64_t free_bytes = std::uint64_t{1} << 20;

  bool Allow(std::uint64_t packed_bytes, std::uint64_t unpacked_bytes) const {
    if (unpacked_bytes > max_bytes) return false;
    return unpacked_bytes <= free_bytes || unpacked_bytes / max_ratio <= packed_bytes;
  }
};

}  // namespace cairn::packed
