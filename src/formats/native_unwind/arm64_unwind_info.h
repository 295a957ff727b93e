// What a Windows image says of the frames of one arm64 function: packed into the row of .pdata itself, or as
// codes in .xdata. Both become one list of steps that take the prologue back.
//
// Source: Microsoft's "ARM64 exception handling". Every step stands for one instruction of 4 bytes, so where
// a thread stands in a prologue or epilogue says how many of them count.
#pragma once

#include <cstdint>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/registers.h"

namespace cairn::native {

struct Arm64Step {
  enum class Kind : std::uint8_t {
    kNothing,   // An instruction that moves no register that a walk follows.
    kAllocate,  // The stack pointer went down by `amount`.
    kSave,      // `first` (and `second`) lie at `amount` from the stack pointer.
    kPush,      // They lie at the stack pointer, which went down by `amount`.
    kSaveNext,  // The pair behind that of the next kSave or kPush step.
    kSetFrame,  // x29 was set to the stack pointer plus `amount`.
  };
  Kind kind = Kind::kNothing;
  model::RegisterIndex first = model::kNoRegister;
  model::RegisterIndex second = model::kNoRegister;
  std::uint32_t amount = 0;
};

struct Arm64Epilogue {
  std::uint32_t start = 0;       // Bytes from the function's start.
  std::vector<Arm64Step> steps;  // What it takes back, in its order; a return follows.
};

struct Arm64UnwindInfo {
  std::uint32_t function_bytes = 0;
  std::uint32_t prologue_steps =
      0;  // The first of `steps`; those of a function's later part have none of their own.
  std::vector<Arm64Step> steps;  // Last instruction of the prologue first.
  std::vector<Arm64Epilogue> epilogues;
};

// The second word of a row of .pdata whose low two bits are not zero.
base::Result<Arm64UnwindInfo> ReadPackedArm64UnwindInfo(std::uint32_t packed);
// A record of .xdata. kUnsupported for codes of contexts and traps, which only the system's own routines
// have.
base::Result<Arm64UnwindInfo> ReadArm64UnwindInfo(base::Bytes bytes);

}  // namespace cairn::native
