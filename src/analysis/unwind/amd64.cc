#include "analysis/unwind/amd64.h"

namespace cairn::unwind {
namespace {

using model::kRbp;
using model::kRip;
using model::kRsp;

constexpr std::uint64_t kPointerBytes = 8;
constexpr int kScanWordsFromContext = 160;
constexpr int kScanWords = 40;

// A saved rbp further above than this is taken for some other number. Breakpad's
// kMaxReasonableGapBetweenFrames.
constexpr std::uint64_t kMaxFrameBytes = 128 * 1024;

// Whether a call can stand right before `return_address`.
StepResult::Kind JudgeReturnAddress(const StepInput& input, std::uint64_t return_address,
                                    std::uint32_t& module) {
  using Kind = StepResult::Kind;
  if (return_address == 0 || !IsCanonicalAmd64(return_address)) return Kind::kNoCaller;
  // The address before it decides: a call that never returns may be the last of its function.
  const model::ProcessAddress call{return_address - 1};
  const std::optional<std::uint32_t> found = input.space.FindModule(call);
  if (!found) return Kind::kNoCaller;
  module = *found;
  if (!input.symbols.IsAnswered(module)) return Kind::kNeedSymbols;
  const model::ModuleSymbols* const symbols = input.symbols.Get(module);
  if (symbols == nullptr) return Kind::kCaller;
  const model::CodeAt code = symbols->FindCode(input.space.OffsetIn(module, call));
  return code == model::CodeAt::kNothing ? Kind::kNoCaller : Kind::kCaller;
}

// rbp in the caller, when its return address was found at `slot`. Either the callee saved rbp right below the
// return address and points there, or it never touched rbp. Only a value that can be a frame in this stack is
// taken.
std::optional<std::uint64_t> RecoverRbp(const StepInput& input, std::uint64_t slot, bool is_first_word) {
  const std::optional<std::uint64_t> rbp = input.callee.registers.Get(kRbp);
  if (!rbp) return std::nullopt;
  const std::uint64_t saved_slot = slot - kPointerBytes;
  if (!is_first_word && *rbp == saved_slot) {
    const std::optional<std::uint64_t> saved = input.stack.ReadPointer(saved_slot);
    if (saved && *saved > slot && *saved - saved_slot <= kMaxFrameBytes && input.stack.HasPointer(*saved)) {
      return saved;
    }
    return std::nullopt;
  }
  if (*rbp >= slot + kPointerBytes && input.stack.HasPointer(*rbp)) return rbp;
  return std::nullopt;
}

}  // namespace

bool IsCanonicalAmd64(std::uint64_t address) {
  return address <= 0x00007fffffffffff || address >= 0xffff800000000000;
}

StepResult Amd64CallerByFramePointer(const StepInput& input) {
  const std::optional<std::uint64_t> rbp = input.callee.registers.Get(kRbp);
  const std::optional<std::uint64_t> rsp = input.callee.registers.Get(kRsp);
  if (!rbp || !rsp || *rbp > ~std::uint64_t{0} - 2 * kPointerBytes) return StepResult::NoCaller();
  const std::optional<std::uint64_t> caller_rbp = input.stack.ReadPointer(*rbp);
  const std::optional<std::uint64_t> return_address = input.stack.ReadPointer(*rbp + kPointerBytes);
  const std::uint64_t caller_rsp = *rbp + 2 * kPointerBytes;
  if (!caller_rbp || !return_address || !IsCanonicalAmd64(*return_address)) return StepResult::NoCaller();
  if (caller_rsp <= *rsp || *caller_rbp < caller_rsp || !input.stack.HasPointer(*caller_rbp)) {
    return StepResult::NoCaller();
  }
  model::Registers caller;
  caller.Set(kRip, *return_address);
  caller.Set(kRsp, caller_rsp);
  caller.Set(kRbp, *caller_rbp);
  return StepResult::Caller(caller, model::Trust::kFramePointer);
}

StepResult Amd64CallerByScan(const StepInput& input) {
  const std::optional<std::uint64_t> rsp = input.callee.registers.Get(kRsp);
  if (!rsp) return StepResult::NoCaller();
  const int words = input.callee.trust == model::Trust::kContext ? kScanWordsFromContext : kScanWords;
  std::uint64_t slot = *rsp;
  for (int i = 0; i < words; ++i, slot += kPointerBytes) {
    const std::optional<std::uint64_t> word = input.stack.ReadPointer(slot);
    if (!word) break;
    std::uint32_t module = 0;
    const StepResult::Kind verdict = JudgeReturnAddress(input, *word, module);
    if (verdict == StepResult::Kind::kNeedSymbols) return StepResult::NeedSymbols(module);
    if (verdict != StepResult::Kind::kCaller) continue;
    model::Registers caller;
    caller.Set(kRip, *word);
    caller.Set(kRsp, slot + kPointerBytes);
    if (const std::optional<std::uint64_t> rbp = RecoverRbp(input, slot, i == 0)) caller.Set(kRbp, *rbp);
    return StepResult::Caller(caller, model::Trust::kScan);
  }
  return StepResult::NoCaller();
}

}  // namespace cairn::unwind
