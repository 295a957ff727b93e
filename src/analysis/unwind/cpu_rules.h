// CpuRules says how the stacks of one CPU are unwound. One row per CPU; the walk knows no CPU by name.
#pragma once

#include <cstdint>
#include <span>

#include "analysis/unwind/step.h"
#include "base/byte_reader.h"
#include "model/registers.h"
#include "model/system.h"

namespace cairn::unwind {

// How far a scan looks for a return address, in words. The context's frame may be anywhere in a function,
// other frames stand at a call and are smaller.
struct ScanRules {
  std::uint32_t words_from_context = 160;
  std::uint32_t words = 40;
  // The same of a process whose mappings are known, so that data is not taken for code. It pays where nothing
  // but scans find frames: those of ART's interpreter on arm have up to 150 words.
  std::uint32_t words_where_mapped = 40;
  std::uint32_t skipped_words = 0;  // Of frames other than the context's: where no return address can be.
};

struct CpuRules {
  model::Cpu cpu = model::Cpu::kUnknown;

  // From a return address back into the call before it, so that symbols of the caller's line are found.
  std::uint64_t call_bytes_back = 1;

  // Whether code of a process can be at `address`, whatever lies there.
  bool (*is_code_address)(std::uint64_t address) = nullptr;

  // The address of code that `word`, found as a return address, stands for: without the bits of pointer
  // authentication or of Thumb. nullptr: the word itself.
  std::uint64_t (*code_address)(const StepInput& input, std::uint64_t word) = nullptr;

  // Whether `code`, the bytes right before a return address, ends with a call; at most kMaxCallBytes are
  // given. nullptr: this cannot be told.
  bool (*ends_with_call)(base::Bytes code) = nullptr;

  // The methods that go by tables which compilers wrote, and those that guess, each in the order of trial.
  std::span<const StepMethod> by_table;
  std::span<const StepMethod> by_guess;

  // Called with what any method found, to put right what holds for all of them. nullptr: nothing to do.
  void (*correct_caller)(const StepInput& input, StepResult& caller) = nullptr;

  // What else is known of the caller when a scan found its return address at `slot`, which is `index` words
  // above the callee's stack pointer. nullptr: nothing.
  void (*complete_scan)(const StepInput& input, std::uint64_t slot, std::uint32_t index,
                        model::Registers& caller) = nullptr;
  ScanRules scan;

  // Registers that functions of Windows keep for their callers, beyond those of the register table.
  std::span<const model::RegisterIndex> windows_callee_saved;
};

// The longest call of any CPU in bytes: x86 with a SIB byte, a displacement of 32 bits and a prefix.
inline constexpr std::size_t kMaxCallBytes = 8;

// Gives the caller what the callee must have kept for it.
void KeepCalleeSaved(const StepInput& input, model::Registers& caller);

// The rules of a CPU, or nothing for one that is not unwound.
const CpuRules* FindCpuRules(model::Cpu cpu);

}  // namespace cairn::unwind
