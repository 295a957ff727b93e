#include "analysis/unwind/amd64.h"

#include <algorithm>
#include <optional>

#include "analysis/unwind/cfi.h"
#include "analysis/unwind/scan.h"
#include "analysis/unwind/x86_calls.h"

namespace cairn::unwind {
namespace {

using model::kRbp;
using model::kRip;
using model::kRsp;
using Kind = StepResult::Kind;

constexpr std::uint64_t kPointerBytes = 8;

// A saved rbp further above than this is taken for some other number. Breakpad's
// kMaxReasonableGapBetweenFrames.
constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{128} * 1024;

// How far into its frame a function of Windows may let rbp point: UNWIND_INFO has four bits for it, in units
// of 16 bytes ("x64 exception handling", FrameOffset).
constexpr std::uint64_t kFrameOffsetUnit = 16;
constexpr std::uint64_t kMaxFrameOffset = 15 * kFrameOffsetUnit;

bool IsOnStack(const StepInput& input, std::uint64_t rsp, std::uint64_t address) {
  return input.stack.AreInOneRange(rsp, address) && input.stack.HasPointer(address);
}

bool HasUnwindRow(const StepInput& input) {
  const std::optional<std::uint32_t> module = input.callee.module;
  return (!module || input.symbols.IsAnswered(*module)) && FindRow(input);
}

// A function of Windows that calls nothing and has no frame needs no unwind data ("x64 exception handling",
// leaf functions): its return address is what rsp points at. Only the innermost function can be one.
StepResult CallerOfLeaf(const StepInput& input) {
  if (input.os != model::Os::kWindows || input.callee.trust != model::Trust::kContext) {
    return StepResult::NoCaller();
  }
  const std::optional<std::uint64_t> rsp = input.callee.registers.Get(kRsp);
  if (!rsp || HasUnwindRow(input)) return StepResult::NoCaller();
  const std::optional<std::uint64_t> return_address = input.stack.ReadPointer(*rsp);
  if (!return_address) return StepResult::NoCaller();
  const ReturnAddressVerdict verdict = JudgeReturnAddress(input, *return_address);
  if (verdict.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(verdict.module);
  if (verdict.kind != Kind::kCaller) return StepResult::NoCaller();
  model::Registers caller;
  KeepCalleeSaved(input, caller);
  caller.Set(kRip, verdict.address);
  caller.Set(kRsp, *rsp + kPointerBytes);
  return StepResult::Caller(caller, model::Trust::kLeaf);
}

// The caller if the callee's {saved rbp, return address} lie at `record`. Refused where that cannot be: the
// chain must go up and stay in the stack, and the return address must be canonical.
std::optional<model::Registers> ReadFrameRecord(const StepInput& input, std::uint64_t record) {
  const std::optional<std::uint64_t> rsp = input.callee.registers.Get(kRsp);
  if (!rsp || record > ~std::uint64_t{0} - 2 * kPointerBytes) return std::nullopt;
  const std::optional<std::uint64_t> caller_rbp = input.stack.ReadPointer(record);
  const std::optional<std::uint64_t> return_address = input.stack.ReadPointer(record + kPointerBytes);
  const std::uint64_t caller_rsp = record + 2 * kPointerBytes;
  if (!caller_rbp || !return_address || !IsCanonicalAmd64(*return_address)) return std::nullopt;
  if (caller_rsp <= *rsp || *caller_rbp < caller_rsp || !IsOnStack(input, *rsp, *caller_rbp)) {
    return std::nullopt;
  }
  model::Registers caller;
  caller.Set(kRip, *return_address);
  caller.Set(kRsp, caller_rsp);
  caller.Set(kRbp, *caller_rbp);
  return caller;
}

// Whether a scan would find a caller below `slot`, or needs symbols to tell.
Kind ScanBelow(const StepInput& input, std::uint64_t slot, std::uint32_t& module) {
  const std::uint64_t rsp = input.callee.registers.Get(kRsp).value_or(slot);
  const std::uint64_t words = slot > rsp ? (slot - rsp) / kPointerBytes : 0;
  const auto limit = std::min<std::uint64_t>(words, input.cpu.scan.words_from_context);
  const StepResult found = CallerByScanOf(input, {.start = rsp, .words = static_cast<std::uint32_t>(limit)});
  module = found.module;
  return found.kind;
}

// Windows promises no frame pointers, and where there are some they point anywhere into the frame. A record
// right at rbp is believed if its return address could be one; a record above only if there is no other
// return address below it: in a Firefox dump rbp of an outer frame skipped real frames.
StepResult CallerByWindowsFramePointer(const StepInput& input, std::uint64_t rbp) {
  for (std::uint64_t offset = 0; offset <= kMaxFrameOffset; offset += kFrameOffsetUnit) {
    const std::uint64_t record = rbp + offset;
    const std::optional<model::Registers> caller = ReadFrameRecord(input, record);
    if (!caller) continue;
    const ReturnAddressVerdict verdict = JudgeReturnAddress(input, caller->Get(kRip).value_or(0));
    if (verdict.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(verdict.module);
    if (verdict.kind != Kind::kCaller) continue;
    std::uint32_t module = 0;
    const Kind below = offset == 0 ? Kind::kNoCaller : ScanBelow(input, record + kPointerBytes, module);
    if (below == Kind::kNeedSymbols) return StepResult::NeedSymbols(module);
    if (below == Kind::kCaller) return StepResult::NoCaller();
    return StepResult::Caller(*caller, model::Trust::kFramePointer);
  }
  return StepResult::NoCaller();
}

StepResult CallerByFramePointer(const StepInput& input) {
  const std::optional<std::uint64_t> rbp = input.callee.registers.Get(kRbp);
  if (!rbp) return StepResult::NoCaller();
  if (input.os == model::Os::kWindows) return CallerByWindowsFramePointer(input, *rbp);
  const std::optional<model::Registers> caller = ReadFrameRecord(input, *rbp);
  if (!caller) return StepResult::NoCaller();
  return StepResult::Caller(*caller, model::Trust::kFramePointer);
}

// rbp in the caller, when a scan found its return address at `slot`. Either the callee saved rbp right below
// the return address and points there, or it never touched rbp. Only a value that can be a frame in this
// stack is taken.
void RecoverRbp(const StepInput& input, std::uint64_t slot, std::uint32_t index, model::Registers& caller) {
  const std::optional<std::uint64_t> rbp = input.callee.registers.Get(kRbp);
  if (!rbp) return;
  const std::uint64_t saved_slot = slot - kPointerBytes;
  if (index != 0 && *rbp == saved_slot) {
    const std::optional<std::uint64_t> saved = input.stack.ReadPointer(saved_slot);
    if (saved && *saved > slot && *saved - saved_slot <= kMaxFrameBytes && IsOnStack(input, slot, *saved)) {
      caller.Set(kRbp, *saved);
    }
    return;
  }
  if (*rbp >= slot + kPointerBytes && IsOnStack(input, slot, *rbp)) caller.Set(kRbp, *rbp);
}

constexpr StepMethod kTables[] = {CallerByCfi};
constexpr StepMethod kGuesses[] = {CallerOfLeaf, CallerByFramePointer, CallerByScan};

// "x64 calling convention", callee-saved registers. The xmm registers hold no addresses.
constexpr model::RegisterIndex kWindowsCalleeSaved[] = {model::kRdi, model::kRsi};

}  // namespace

bool IsCanonicalAmd64(std::uint64_t address) {
  return address <= 0x00007fffffffffff || address >= 0xffff800000000000;
}

constinit const CpuRules kAmd64Rules = {.cpu = model::Cpu::kAmd64,
                                        .call_bytes_back = 1,
                                        .is_code_address = IsCanonicalAmd64,
                                        .ends_with_call = EndsWithX86Call,
                                        .by_table = kTables,
                                        .by_guess = kGuesses,
                                        .complete_scan = RecoverRbp,
                                        .scan = {.words_where_mapped = 160},
                                        .windows_callee_saved = kWindowsCalleeSaved};

}  // namespace cairn::unwind
