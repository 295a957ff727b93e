#include "formats/symfile/cache_layout.h"

namespace cairn::symfile {

std::uint64_t Checksum(base::Bytes bytes) {
  constexpr std::uint64_t kPrime =
      0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio: odd, bits well spread.
  std::uint64_t sum = bytes.size();
  const auto mix = [&](std::uint64_t word) {
    sum = (sum ^ word) * kPrime;
    sum ^= sum >> 29;
  };
  base::ByteReader reader(bytes);
  while (reader.remaining() >= sizeof(std::uint64_t)) mix(reader.Read<std::uint64_t>());
  while (reader.remaining() > 0) mix(reader.Read<std::uint8_t>());
  return sum;
}

}  // namespace cairn::symfile
