// What is known of why and where a process crashed, and what a look at the instruction adds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/address.h"

namespace cairn::model {

enum class AccessKind : std::uint8_t { kUnknown, kRead, kWrite, kReadWrite };

// A piece of memory that the crashing instruction reads or writes.
struct MemoryAccess {
  ProcessAddress address;
  std::uint32_t size = 0;  // In bytes; zero if it is not known.
  AccessKind kind = AccessKind::kUnknown;
  bool is_likely_guard_page = false;
};

// Where the crashing instruction, a jump, a call or a return, would have led.
struct JumpTarget {
  ProcessAddress address;
  bool is_likely_guard_page = false;
};

// The address that was meant where the system reports another.
struct AdjustedAddress {
  enum class Kind : std::uint8_t {
    kNonCanonical,  // `value` is the address; the CPU reported a general protection fault without it.
    kNullPointer,   // `value` is the distance from a pointer that was null.
  };
  Kind kind = Kind::kNonCanonical;
  std::uint64_t value = 0;
};

// An address that differs from the faulting one in one bit and would not have faulted: perhaps bad memory.
struct BitFlip {
  ProcessAddress address;
  std::string source_register;  // Whose value was flipped; empty: the faulting address itself.
  double confidence = 0;        // 0 to 1.
  bool was_non_canonical = false;
  bool is_null = false;
  bool was_low = false;
  std::uint32_t nearby_registers = 0;  // Registers whose values are near the corrected address.
  bool poison_registers = false;       // A register holds a repeated byte that allocators write into memory.
};

// A contradiction between the reported reason and the instruction.
enum class Inconsistency : std::uint8_t {
  kIntDivByZeroNotPossible,
  kPrivInstructionCrashWithoutPrivInstruction,
  kNonCanonicalAddressFalselyReported,
  kAccessViolationWhenAccessAllowed,
  kCrashingAccessNotFoundInMemoryAccesses,
};

struct CrashFacts {
  std::string reason;                     // "SIGSEGV / SEGV_MAPERR"; empty if the dump holds no exception.
  std::optional<ProcessAddress> address;  // The faulting address where the reason has one.
  std::optional<std::uint32_t> thread;    // Index into threads of the crashing (or requesting) thread.
  std::string assertion;

  // Of the crashing instruction, where its bytes are in the dump and its CPU is amd64 or arm64.
  std::string instruction;  // Disassembled; empty if it is not known.
  std::optional<AdjustedAddress> adjusted_address;
  std::optional<std::vector<MemoryAccess>> accesses;  // Nothing: the instruction is not known.
  std::optional<JumpTarget> jump_target;
  std::vector<BitFlip> bit_flips;  // Most likely first.
  std::vector<Inconsistency> inconsistencies;

  bool is_stack_overflow = false;  // The stack pointer or the access lies in the guard below the stack.
  std::string poison;              // What the faulting pointer's repeated byte stands for; empty: none.
};

}  // namespace cairn::model
