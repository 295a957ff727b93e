// The custom mutator of fuzzers whose input is a minidump: every other time as libFuzzer does it, else by
// what the bytes mean.
#pragma once

#include <cstddef>
#include <cstdint>

#include "testing/minidump_mutator.h"

// libFuzzer's own mutations. fuzz/driver.cc has none to offer: it makes its own beside a harness's.
extern "C" __attribute__((weak)) std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size,
                                                              std::size_t max_size);

namespace cairn::testing {

// What a harness's LLVMFuzzerCustomMutator does.
inline std::size_t MutateDumpInput(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                   unsigned int seed) {
  if (LLVMFuzzerMutate != nullptr && seed % 2 == 0) return LLVMFuzzerMutate(data, size, max_size);
  return MutateDumpInFront(data, size, size, max_size, seed);
}

}  // namespace cairn::testing
