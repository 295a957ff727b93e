// MutateMinidump breaks a minidump the way that hurts readers: not at random bytes, most of which no reader
// looks at, but in the directory, in counts, sizes and places, in registers and on stacks.
#pragma once

#include <cstdint>
#include <vector>

namespace cairn::testing {

// Changes `dump` in place, a few times over; the same seed does the same to the same dump. Bytes that are no
// minidump in little-endian are changed like any others. The size changes only by cutting.
void MutateMinidump(std::vector<std::uint8_t>& dump, std::uint64_t seed);

}  // namespace cairn::testing
