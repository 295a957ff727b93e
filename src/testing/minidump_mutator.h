// MutateMinidump breaks a minidump the way that hurts readers: not at random bytes, most of which no reader
// looks at, but in the directory, in counts, sizes and places, in the fields of records by what they mean
// (minidump_forms.h), in registers and on stacks. It needs no seed of its own: any dump will do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::testing {

// Changes `dump` in place, a few times over; the same seed does the same to the same dump. Bytes that are no
// minidump in little-endian are changed like any others. The size never passes `max_bytes`.
void MutateMinidump(std::vector<std::uint8_t>& dump, std::size_t max_bytes, std::uint64_t seed);

// The same for an input that begins with a dump of `dump_bytes`: what stands behind it moves along. Returns
// the dump's new size; the input, whose size changes by as much, stays within `max_bytes`.
std::size_t MutateDumpInFront(std::uint8_t* data, std::size_t size, std::size_t dump_bytes,
                              std::size_t max_bytes, std::uint64_t seed);

}  // namespace cairn::testing
