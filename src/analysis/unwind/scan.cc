#include "analysis/unwind/scan.h"

#include <algorithm>

#include "analysis/unwind/cpu_rules.h"

namespace cairn::unwind {
namespace {

using Kind = StepResult::Kind;

// Bytes of code right before `address`: as they were in the process, else as they are in the module's file.
base::Bytes CodeBefore(const StepInput& input, std::uint64_t address, std::optional<std::uint32_t> module) {
  const base::Bytes in_dump = input.stack.BytesBefore(address, kMaxCallBytes);
  if (!in_dump.empty() || !module) return in_dump;
  const model::ModuleSymbols* const symbols = input.symbols.Get(*module);
  if (symbols == nullptr) return {};
  const std::uint64_t end = input.space.OffsetIn(*module, {address - 1}).value + 1;
  const std::uint64_t count = std::min<std::uint64_t>(end, kMaxCallBytes);
  return symbols->ReadCode({end - count}, static_cast<std::size_t>(count));
}

}  // namespace

ReturnAddressVerdict JudgeReturnAddress(const StepInput& input, std::uint64_t word) {
  const CpuRules& cpu = input.cpu;
  const std::uint64_t address = cpu.code_address != nullptr ? cpu.code_address(input, word) : word;
  if (address < cpu.call_bytes_back) {  // The CPU's rules refuse the word, or it is as good as null.
    const std::uint64_t call = word - cpu.call_bytes_back;
    return {.is_decoy = call < word && input.space.FindModule({call}).has_value()};
  }
  // The address before it decides: a call that never returns may be the last of its function.
  const model::ProcessAddress call{address - cpu.call_bytes_back};
  const std::optional<std::uint32_t> module = input.space.FindModule(call);
  const ReturnAddressVerdict refused{.is_decoy = module.has_value()};
  if (!cpu.is_code_address(address)) return refused;
  const bool has_table = !module && input.run_time_code != nullptr &&
                         input.run_time_code->FindCode({call.value}) == model::CodeAt::kFunction;
  if (!input.space.IsExecutable(call).value_or(module || has_table)) return refused;
  if (module && !input.symbols.IsAnswered(*module)) return {.kind = Kind::kNeedSymbols, .module = *module};
  if (module) {
    const model::ModuleSymbols* const symbols = input.symbols.Get(*module);
    const model::ModuleOffset offset = input.space.OffsetIn(*module, call);
    if (symbols != nullptr && symbols->FindCode(offset) == model::CodeAt::kNothing) return {};
  }
  const base::Bytes code = CodeBefore(input, address, module);
  const bool is_known = cpu.ends_with_call != nullptr && code.size() == kMaxCallBytes;
  if (is_known && !cpu.ends_with_call(code)) return refused;
  // Of code that was made at run time nothing else tells: whole heaps and stacks may be executable, as in a
  // dump of Electron, where every other word would be a frame.
  if (!is_known && !module && !has_table) return {};
  return {.kind = Kind::kCaller, .address = address, .follows_call = is_known};
}

StepResult CallerByScan(const StepInput& input) {
  const std::optional<std::uint64_t> sp = input.callee.registers.Get(input.table.sp);
  if (!sp) return StepResult::NoCaller();
  const ScanRules& rules = input.cpu.scan;
  if (input.callee.trust == model::Trust::kContext) {
    return CallerByScanOf(
        input, {.start = *sp, .words = rules.words_from_context, .words_behind_decoy = rules.words});
  }
  const auto skipped = rules.skipped_words * static_cast<std::uint64_t>(input.stack.pointer_bytes());
  const bool is_mapped = input.space.IsExecutable(input.callee.instruction).has_value();
  return CallerByScanOf(input, {.start = *sp + skipped,
                                .words = is_mapped ? rules.words_where_mapped : rules.words,
                                .words_behind_decoy = rules.words});
}

StepResult CallerByScanOf(const StepInput& input, const ScanRange& range) {
  const auto pointer_bytes = static_cast<std::uint64_t>(input.stack.pointer_bytes());
  std::uint64_t slot = range.start;
  std::uint32_t end = range.words;
  for (std::uint32_t i = 0; i < end && i < kMaxScannedWordsPerThread; ++i, slot += pointer_bytes) {
    const std::optional<std::uint64_t> word = input.stack.ReadPointer(slot);
    if (!word) break;
    const ReturnAddressVerdict verdict = JudgeReturnAddress(input, *word);
    if (verdict.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(verdict.module);
    // Where other walkers see a frame they begin to count anew, and may reach a true one that way.
    if (verdict.is_decoy) end = std::max(end, i + 1 + range.words_behind_decoy);
    if (verdict.kind != Kind::kCaller) continue;
    model::Registers caller;
    caller.Set(input.table.pc, verdict.address);
    caller.Set(input.table.sp, slot + pointer_bytes);
    if (input.cpu.complete_scan != nullptr) input.cpu.complete_scan(input, slot, i, caller);
    StepResult result = StepResult::Caller(caller, range.trust);
    result.scanned_words = i + 1;
    return result;
  }
  return StepResult::NoCaller();
}

}  // namespace cairn::unwind
