// A small crash of which every part is known: two modules, one thread, one frame found in each way.
//
//   frame  function       found by        resumes at
//   0      crashy!Inner   context         0x401010 (Deref is inlined there)
//   1      crashy!Outer   unwind row      0x401121
//   2      libwork.so     frame pointer   0x7f0000000501 (no symbols)
//   3      crashy!main    scan            0x401211
#pragma once

#include <bit>
#include <cstdint>
#include <string_view>

#include "testing/minidump_builder.h"

namespace cairn::testing {

inline constexpr std::uint64_t kSampleMain = 0x400000;           // Where crashy is mapped,
inline constexpr std::uint64_t kSampleLibrary = 0x7f0000000000;  // and libwork.so.
inline constexpr std::uint64_t kSampleStack = 0x7ffd00000000;

// The dump, with every stream that Cairn's own writer makes.
MinidumpBuilder SampleCrash(std::endian order = std::endian::little);

// The registers of frame 0 and the stack, as the dump holds them.
model::Registers SampleRegisters();
MemorySpec SampleStack(std::endian order = std::endian::little);

// The debug id and Breakpad symbols of crashy. libwork.so has none.
inline constexpr std::string_view kSampleDebugId = "33221100554477668899AABBCCDDEEFF0";
std::string_view SampleSymbols();

}  // namespace cairn::testing
