#include "analysis/unwind/x86.h"

#include <optional>

#include "analysis/unwind/cfi.h"
#include "analysis/unwind/scan.h"
#include "analysis/unwind/stack_win.h"
#include "analysis/unwind/x86_calls.h"

namespace cairn::unwind {
namespace {

using model::kEbp;
using model::kEip;
using model::kEsp;
using Kind = StepResult::Kind;

constexpr std::uint64_t kPointerBytes = 4;

// The last page never holds code, and -3 and the like are found where rules are wrong. Old Linux had its
// gate to the kernel (linux-gate.so) right below.
constexpr std::uint64_t kLastPage = 0xfffff000;
bool IsX86CodeAddress(std::uint64_t address) { return address != 0 && address < kLastPage; }

// A saved ebp further above than this is taken for some other number. Breakpad's
// kMaxReasonableGapBetweenFrames.
constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{128} * 1024;

bool IsOnStack(const StepInput& input, std::uint64_t esp, std::uint64_t address) {
  return input.stack.AreInOneRange(esp, address) && input.stack.HasPointer(address);
}

// Whether a word beside a saved ebp that leads nowhere may still be a return address though it lies in no
// module: in code that was made at run time, or of a module that the dump does not list. Nothing speaks
// against it only where mappings are not known, and not on Windows, whose compilers left frame pointers out.
bool MayBeUnlistedCode(const StepInput& input, std::uint64_t address) {
  return input.os != model::Os::kWindows && IsX86CodeAddress(address) &&
         !input.space.IsExecutable({address}).has_value() && !input.space.FindModule({address - 1});
}

// ebp points at {caller's ebp, return address}. One of the two must be what it should: the next link of a
// chain that goes up the stack, or a return address.
StepResult CallerByFramePointer(const StepInput& input) {
  const std::optional<std::uint64_t> ebp = input.callee.registers.Get(kEbp);
  const std::optional<std::uint64_t> esp = input.callee.registers.Get(kEsp);
  if (!ebp || !esp || *ebp > 0xffffffff - 2 * kPointerBytes) return StepResult::NoCaller();
  const std::optional<std::uint64_t> caller_ebp = input.stack.ReadPointer(*ebp);
  const std::optional<std::uint64_t> return_address = input.stack.ReadPointer(*ebp + kPointerBytes);
  const std::uint64_t caller_esp = *ebp + 2 * kPointerBytes;
  if (!caller_ebp || !return_address || caller_esp <= *esp) return StepResult::NoCaller();
  const bool is_chain = *caller_ebp >= caller_esp && IsOnStack(input, *ebp, *caller_ebp);
  // A zero ends the chain: not even a scan finds more.
  if (!is_chain && *return_address != 0) {
    const ReturnAddressVerdict verdict = JudgeReturnAddress(input, *return_address);
    if (verdict.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(verdict.module);
    if (verdict.kind != Kind::kCaller && !MayBeUnlistedCode(input, *return_address)) {
      return StepResult::NoCaller();
    }
  }
  model::Registers caller;
  caller.Set(kEip, *return_address);
  caller.Set(kEsp, caller_esp);
  caller.Set(kEbp, *caller_ebp);
  return StepResult::Caller(caller, model::Trust::kFramePointer);
}

// ebp in the caller, when a scan found its return address at `slot`: saved right below, which most functions
// do first, else as it is if it can be a frame of the caller.
void RecoverEbp(const StepInput& input, std::uint64_t slot, std::uint32_t index, model::Registers& caller) {
  const std::uint64_t saved_slot = slot - kPointerBytes;
  if (index != 0) {
    const std::optional<std::uint64_t> saved = input.stack.ReadPointer(saved_slot);
    if (saved && *saved > slot && *saved - saved_slot <= kMaxFrameBytes && IsOnStack(input, slot, *saved)) {
      caller.Set(kEbp, *saved);
      return;
    }
  }
  const std::optional<std::uint64_t> ebp = input.callee.registers.Get(kEbp);
  if (ebp && *ebp >= slot + kPointerBytes && IsOnStack(input, slot, *ebp)) caller.Set(kEbp, *ebp);
}

constexpr StepMethod kTables[] = {CallerByStackWin, CallerByCfi};
constexpr StepMethod kGuesses[] = {CallerByFramePointer, CallerByScan};

}  // namespace

constinit const CpuRules kX86Rules = {.cpu = model::Cpu::kX86,
                                      .call_bytes_back = 1,
                                      .is_code_address = IsX86CodeAddress,
                                      .ends_with_call = EndsWithX86Call,
                                      .by_table = kTables,
                                      .by_guess = kGuesses,
                                      .complete_scan = RecoverEbp,
                                      .scan = {.words_where_mapped = 160}};

}  // namespace cairn::unwind
