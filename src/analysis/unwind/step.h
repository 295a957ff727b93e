// One step of a walk: from a frame to its caller. What the methods (CFI, frame pointer, scan) take and give.
#pragma once

#include <cstdint>
#include <span>

#include "analysis/unwind/address_space.h"
#include "analysis/unwind/stack_memory.h"
#include "analysis/unwind/symbol_set.h"
#include "model/frame.h"
#include "model/registers.h"
#include "model/system.h"

namespace cairn::unwind {

struct CpuRules;

// All that a method may look at. Everything is borrowed.
struct StepInput {
  const CpuRules& cpu;
  const model::RegisterTable& table;  // The CPU's.
  model::Os os = model::Os::kUnknown;
  const AddressSpace& space;
  const SymbolSet& symbols;
  const StackMemory& stack;
  // Of code that was made at run time and lies in no module; offsets are process addresses. nullptr: none.
  const model::ModuleSymbols* run_time_code = nullptr;
  const model::Frame& callee;
  std::span<const model::Frame> inner;  // The frames that the callee called, innermost first.
};

struct StepResult {
  enum class Kind : std::uint8_t {
    kNoCaller,     // This method finds none; another may.
    kCaller,       // `registers` are the caller's, pc and sp among them.
    kNeedSymbols,  // Ask again when the symbols of `module` are answered.
    kOutermost,    // The callee has no caller, for certain.
  };
  Kind kind = Kind::kNoCaller;
  model::Registers registers;
  model::Trust trust = model::Trust::kNone;
  std::uint32_t module = 0;
  // The callee is a signal's trampoline: the caller did not call, and its pc is the instruction that is next.
  bool is_interrupted = false;
  std::uint32_t scanned_words = 0;  // How many a scan looked at.

  static StepResult NoCaller() { return {}; }
  static StepResult Outermost() { return {.kind = Kind::kOutermost}; }
  static StepResult NeedSymbols(std::uint32_t module) {
    return {.kind = Kind::kNeedSymbols, .module = module};
  }
  static StepResult Caller(const model::Registers& registers, model::Trust trust) {
    return {.kind = Kind::kCaller, .registers = registers, .trust = trust};
  }
};

using StepMethod = StepResult (*)(const StepInput&);

}  // namespace cairn::unwind
