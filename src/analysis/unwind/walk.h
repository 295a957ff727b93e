// StackWalk finds the frames of one thread, innermost first.
//
// For each frame it tries the tables that compilers wrote (STACK WIN, call frame information), then guesses
// (the link register or the top of the stack in a leaf function, the frame pointer, a scan of the stack), and
// marks the frame with how it was found. It stops where a frame has no caller, above the functions that
// threads begin with, where the caller's pc lies in the first page, and where the stack pointer goes down
// (both may be so in code that a signal interrupted: it had jumped to null, or the handler has a stack of its
// own); at the latest at one of the limits below. It is resumable: Next() returns whenever the symbols of a
// module must be known first, and does that step again when it is called next.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/unwind/address_space.h"
#include "analysis/unwind/stack_memory.h"
#include "analysis/unwind/step.h"
#include "analysis/unwind/symbol_set.h"
#include "model/frame.h"
#include "model/registers.h"
#include "model/system.h"

namespace cairn::unwind {

// Endless recursion fills a stack with far more frames than anyone reads; Firefox cuts its own at 500.
inline constexpr std::size_t kMaxFramesPerThread = 1024;

// Frames in a row whose stack pointer is not above their callee's: a leaf function that a signal interrupted
// and, on CPUs with a link register, one that a compiler outlined. rust-minidump 0.26.1 walks on for ever.
inline constexpr int kMaxFramesWithoutAdvance = 2;

// What a walk goes by. `space` and `symbols` are borrowed for the walk, the memory's bytes too.
struct WalkInput {
  model::Os os = model::Os::kUnknown;
  model::Cpu cpu = model::Cpu::kUnknown;
  const AddressSpace& space;
  const SymbolSet& symbols;
  StackMemory stack;
  const model::ModuleSymbols* run_time_code = nullptr;  // As in StepInput; borrowed too.
};

class StackWalk {
 public:
  // `context` holds the thread's registers. A CPU that is not unwound gives the context's frame alone, or
  // none if even its pc cannot be told.
  StackWalk(const WalkInput& input, const model::Registers& context);

  // Walks on. The index of a module whose symbols must be answered in the SymbolSet before the next call, or
  // nothing when the walk is done.
  std::optional<std::uint32_t> Next();

  const std::vector<model::Frame>& frames() const { return frames_; }
  std::vector<model::Frame> TakeFrames() { return std::move(frames_); }
  // Whether the walk ended at a limit.
  bool truncated() const { return truncated_; }
  // How often a table led out of all code. The frame was then found by another way, or kept if there was
  // none.
  std::uint32_t wrong_tables() const { return wrong_tables_; }

 private:
  struct Found {
    StepResult step;
    bool table_was_wrong = false;
  };
  Found FindCaller(const StepInput& input) const;
  StepResult ScanAbove(const StepInput& input, const StepResult& wrong) const;
  // Whether a table's caller lies where code can be.
  bool IsPlausible(const StepResult& step, const StepInput& input) const;
  // Whether the step leads to a caller that can be one, going by pc and stack pointer.
  bool IsAdvance(const StepResult& step);
  void AddFrame(const model::Registers& registers, model::Trust trust, bool pc_is_exact);

  WalkInput input_;
  const model::RegisterTable* table_ = nullptr;
  const CpuRules* rules_ = nullptr;
  std::vector<model::Frame> frames_;
  std::uint32_t scanned_words_ = 0;
  std::uint32_t wrong_tables_ = 0;
  int frames_without_advance_ = 0;
  bool done_ = false;
  bool truncated_ = false;
};

}  // namespace cairn::unwind
