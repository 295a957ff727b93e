#include "analysis/unwind/cfi.h"

#include "analysis/unwind/cpu_rules.h"
#include "analysis/unwind/evaluate.h"

namespace cairn::unwind {

std::optional<model::UnwindRow> FindRow(const StepInput& input) {
  const std::optional<std::uint32_t> module = input.callee.module;
  const model::ProcessAddress instruction = input.callee.instruction;
  if (module) {
    const model::ModuleSymbols* const symbols = input.symbols.Get(*module);
    return symbols != nullptr ? symbols->FindUnwindRow(input.space.OffsetIn(*module, instruction))
                              : std::nullopt;
  }
  return input.run_time_code != nullptr ? input.run_time_code->FindUnwindRow({instruction.value})
                                        : std::nullopt;
}

StepResult CallerByCfi(const StepInput& input) {
  const model::RegisterTable& table = input.table;
  const std::optional<std::uint32_t> module = input.callee.module;
  if (module && !input.symbols.IsAnswered(*module)) return StepResult::NeedSymbols(*module);
  const std::optional<model::UnwindRow> row = FindRow(input);
  if (!row) return StepResult::NoCaller();

  RuleInput rule_input{.callee = input.callee.registers, .stack = input.stack, .cfa = std::nullopt};
  const std::optional<std::uint64_t> cfa = Evaluate(row->cfa, rule_input);
  if (!cfa) return StepResult::NoCaller();
  if (row->return_address.empty()) return StepResult::Outermost();
  rule_input.cfa = cfa;
  const std::optional<std::uint64_t> return_address = Evaluate(row->return_address, rule_input);
  if (!return_address) return StepResult::NoCaller();

  model::Registers caller;
  KeepCalleeSaved(input, caller);
  caller.Set(table.sp, *cfa);
  caller.Set(table.pc, *return_address);
  for (const model::RegisterRule& rule : row->registers) {
    if (const std::optional<std::uint64_t> value = Evaluate(rule.rule, rule_input)) {
      caller.Set(rule.index, *value);
    } else {
      caller.Clear(rule.index);
    }
  }
  StepResult result = StepResult::Caller(caller, model::Trust::kCfi);
  result.is_interrupted = row->is_signal_frame;
  return result;
}

}  // namespace cairn::unwind
