#include "analysis/unwind/frame_record.h"

#include "analysis/unwind/cpu_rules.h"
#include "analysis/unwind/link_register.h"
#include "analysis/unwind/scan.h"

namespace cairn::unwind {
namespace {

using Kind = StepResult::Kind;

// A frame further above than this is taken for some other number. Breakpad's kMaxReasonableGapBetweenFrames.
constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{128} * 1024;

struct Record {
  std::uint64_t caller_frame_pointer = 0;
  std::uint64_t return_word = 0;  // As it stands there, with whatever the CPU marks it.
  std::uint64_t caller_sp = 0;
};

std::uint64_t WordsFrom(const StepInput& input, std::uint64_t address, std::int8_t words) {
  const auto bytes = static_cast<std::int64_t>(words) * input.stack.pointer_bytes();
  return input.stack.Wrap(address + static_cast<std::uint64_t>(bytes));
}

std::uint64_t StackAddress(const StepInput& input, const FrameRecordRules& rules, std::uint64_t word) {
  return rules.stack_address != nullptr ? rules.stack_address(input, word) : word;
}

bool IsAligned(const StepInput& input, std::uint64_t address) {
  return address % static_cast<std::uint64_t>(input.stack.pointer_bytes()) == 0;
}

std::optional<Record> ReadRecord(const StepInput& input, const FrameRecordRules& rules) {
  const std::optional<std::uint64_t> word = input.callee.registers.Get(rules.frame_pointer);
  const std::optional<std::uint64_t> sp = input.callee.registers.Get(input.table.sp);
  if (!word || !sp) return std::nullopt;
  const std::uint64_t frame_pointer = StackAddress(input, rules, *word);
  const std::uint64_t saved_slot = WordsFrom(input, frame_pointer, rules.saved_frame_pointer);
  if (!IsAligned(input, frame_pointer) || saved_slot < *sp) return std::nullopt;
  const std::optional<std::uint64_t> saved = input.stack.ReadPointer(saved_slot);
  const std::optional<std::uint64_t> return_word =
      input.stack.ReadPointer(WordsFrom(input, frame_pointer, rules.return_address));
  if (!saved || !return_word) return std::nullopt;
  return Record{StackAddress(input, rules, *saved), *return_word,
                WordsFrom(input, frame_pointer, rules.caller_sp)};
}

std::uint64_t CodeAddress(const StepInput& input, std::uint64_t word) {
  return input.cpu.code_address != nullptr ? input.cpu.code_address(input, word) : word;
}

// Whether a frame of this stack can be at `frame_pointer`, when a frame below it ends at `end`.
bool LeadsOn(const StepInput& input, std::uint64_t frame_pointer, std::uint64_t end) {
  return frame_pointer >= end && IsAligned(input, frame_pointer) && input.stack.HasPointer(frame_pointer);
}

}  // namespace

std::optional<std::uint64_t> ReturnAddressInRecord(const StepInput& input, const FrameRecordRules& rules) {
  const std::optional<Record> record = ReadRecord(input, rules);
  if (!record) return std::nullopt;
  return CodeAddress(input, record->return_word);
}

StepResult CallerByFrameRecord(const StepInput& input, const FrameRecordRules& rules) {
  if (!IsExact(input.callee) && input.callee.registers.Get(rules.frame_pointer) == std::uint64_t{0}) {
    return StepResult::Outermost();
  }
  const std::optional<Record> record = ReadRecord(input, rules);
  if (!record) return StepResult::NoCaller();
  const bool is_end = record->caller_frame_pointer == 0;
  const bool leads_on = is_end || LeadsOn(input, record->caller_frame_pointer, record->caller_sp);
  const std::uint64_t address = CodeAddress(input, record->return_word);
  if (address == 0 && is_end) return StepResult::Outermost();
  const ReturnAddressVerdict verdict = JudgeReturnAddress(input, record->return_word);
  if (verdict.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(verdict.module);
  if (verdict.kind != Kind::kCaller) {
    const bool may_be_code = input.cpu.is_code_address(address) && input.space.MayHoldCode({address});
    if (!leads_on || !may_be_code) return StepResult::NoCaller();
  }
  model::Registers caller;
  caller.Set(input.table.pc, address);
  caller.Set(input.table.sp, record->caller_sp);
  if (leads_on) caller.Set(rules.frame_pointer, record->caller_frame_pointer);
  return StepResult::Caller(caller, model::Trust::kFramePointer);
}

std::optional<std::uint64_t> FramePointerAtSlot(const StepInput& input, const FrameRecordRules& rules,
                                                std::uint64_t slot) {
  const auto pointer_bytes = static_cast<std::uint64_t>(input.stack.pointer_bytes());
  const std::uint64_t end = slot + pointer_bytes;
  const std::optional<std::uint64_t> beside = input.stack.ReadPointer(slot - pointer_bytes);
  if (beside) {
    const std::uint64_t saved = StackAddress(input, rules, *beside);
    if (LeadsOn(input, saved, end) && saved - slot <= kMaxFrameBytes) return saved;
  }
  const std::optional<std::uint64_t> own = input.callee.registers.Get(rules.frame_pointer);
  if (own && LeadsOn(input, *own, end)) return own;
  return std::nullopt;
}

}  // namespace cairn::unwind
