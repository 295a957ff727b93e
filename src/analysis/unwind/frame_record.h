// Frame records: the pair of the caller's frame pointer and the return address, which functions put into
// their frames and let the frame pointer lead to.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/unwind/step.h"

namespace cairn::unwind {

// Where a record stands, in words from where the frame pointer points, and where it takes the caller's sp.
struct FrameRecordRules {
  model::RegisterIndex frame_pointer = 0;
  std::int8_t saved_frame_pointer = 0;
  std::int8_t return_address = 1;
  std::int8_t caller_sp = 2;
  // The address that a saved frame pointer stands for. nullptr: itself.
  std::uint64_t (*stack_address)(const StepInput& input, std::uint64_t word) = nullptr;
};

// The return address in the callee's record, as an address of code; nothing if there is no record.
std::optional<std::uint64_t> ReturnAddressInRecord(const StepInput& input, const FrameRecordRules& rules);

// The caller by the callee's record. The chain must go up, and the record must hold a return address: one
// that a call can stand before, or at least one where code may be if also the saved frame pointer leads on or
// is the zero that ends the chain. A frame pointer of zero, but in a frame that is exact, and a return
// address of zero end the stack.
StepResult CallerByFrameRecord(const StepInput& input, const FrameRecordRules& rules);

// What the frame pointer of the caller is when a scan found its return address at `slot`: what stands beside
// it if that is a record, or the callee's if that lies further up.
std::optional<std::uint64_t> FramePointerAtSlot(const StepInput& input, const FrameRecordRules& rules,
                                                std::uint64_t slot);

}  // namespace cairn::unwind
