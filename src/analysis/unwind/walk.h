// StackWalk finds the frames of one thread, innermost first.
//
// For each frame it tries call frame information, then the frame pointer, then a scan of the stack, and marks
// the frame with how it was found. It stops where a frame has no caller, where the caller's pc lies in the
// first page, and where the stack pointer does not go up (either may be so in code that a signal interrupted:
// it had jumped to null, or the handler has a stack of its own); at the latest at kMaxFramesPerThread. It is
// resumable: Next() returns whenever the symbols of a module must be known first, and does that step again
// when it is called next.
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

class StackWalk {
 public:
  // `context` holds the thread's registers. `space` and `symbols` are borrowed for the walk, the stack's
  // bytes too. A CPU that is not unwound gives the context's frame alone, or none if even its pc cannot be
  // told.
  StackWalk(model::Cpu cpu, const AddressSpace& space, const SymbolSet& symbols, StackMemory stack,
            const model::Registers& context);

  // Walks on. The index of a module whose symbols must be answered in the SymbolSet before the next call, or
  // nothing when the walk is done.
  std::optional<std::uint32_t> Next();

  const std::vector<model::Frame>& frames() const { return frames_; }
  std::vector<model::Frame> TakeFrames() { return std::move(frames_); }
  // Whether the walk ended at kMaxFramesPerThread.
  bool truncated() const { return truncated_; }

 private:
  // Whether the step leads to a caller that can be one, going by pc and stack pointer.
  bool IsAdvance(const StepResult& step, const model::RegisterTable& table) const;
  void AddFrame(const model::Registers& registers, model::Trust trust, bool pc_is_exact);

  model::Cpu cpu_;
  const AddressSpace* space_;
  const SymbolSet* symbols_;
  StackMemory stack_;
  std::vector<model::Frame> frames_;
  bool done_ = false;
  bool truncated_ = false;
};

}  // namespace cairn::unwind
