#include "analysis/unwind/cpu_rules.h"

#include "analysis/unwind/amd64.h"
#include "analysis/unwind/arm.h"
#include "analysis/unwind/arm64.h"
#include "analysis/unwind/mips.h"
#include "analysis/unwind/riscv.h"
#include "analysis/unwind/x86.h"

namespace cairn::unwind {
namespace {

constexpr const CpuRules* kRules[] = {
    &kX86Rules,  &kAmd64Rules,  &kArmRules,   &kArm64Rules,
    &kMipsRules, &kMips64Rules, &kRiscvRules, &kRiscv64Rules,
};

}  // namespace

const CpuRules* FindCpuRules(model::Cpu cpu) {
  for (const CpuRules* const rules : kRules) {
    if (rules->cpu == cpu) return rules;
  }
  return nullptr;
}

void KeepCalleeSaved(const StepInput& input, model::Registers& caller) {
  for (const model::RegisterIndex index : input.table.callee_saved) {
    if (const auto value = input.callee.registers.Get(index)) caller.Set(index, *value);
  }
  if (input.os != model::Os::kWindows) return;
  for (const model::RegisterIndex index : input.cpu.windows_callee_saved) {
    if (const auto value = input.callee.registers.Get(index)) caller.Set(index, *value);
  }
}

}  // namespace cairn::unwind
