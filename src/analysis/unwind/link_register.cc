#include "analysis/unwind/link_register.h"

#include <algorithm>
#include <optional>

#include "analysis/unwind/cpu_rules.h"
#include "analysis/unwind/scan.h"

namespace cairn::unwind {
namespace {

using Kind = StepResult::Kind;

// How far above its sp an innermost function is looked through for what it stored. Those that call nothing
// have small frames; the same words further up were left by earlier calls.
constexpr int kMaxLeafFrameWords = 32;

// How far back from pc a prologue is looked for: as much code as Breakpad and Crashpad put into a dump.
constexpr std::size_t kMaxPrologueBytes = 256;
constexpr std::size_t kClassifiedBytes = 4;

// The code right before pc: as it was in the process, else as it is in the module's file.
base::Bytes CodeBeforePc(const StepInput& input) {
  const model::Frame& callee = input.callee;
  const base::Bytes in_dump = input.stack.BytesBefore(callee.instruction.value, kMaxPrologueBytes);
  if (!in_dump.empty() || !callee.module) return in_dump;
  const model::ModuleSymbols* const symbols = input.symbols.Get(*callee.module);
  if (symbols == nullptr) return {};
  const std::uint64_t end = input.space.OffsetIn(*callee.module, callee.instruction).value;
  const std::size_t count = std::min<std::uint64_t>(end, kMaxPrologueBytes);
  const base::Bytes code = symbols->ReadCode({end - count}, count);
  return code.size() == count ? code : base::Bytes();
}

// The start of the function at `address` in `module`, if its symbols know one.
std::optional<model::ModuleOffset> FunctionStart(const StepInput& input, std::uint32_t module,
                                                 model::ProcessAddress address) {
  const model::ModuleSymbols* const symbols = input.symbols.Get(module);
  if (symbols == nullptr) return std::nullopt;
  const std::optional<model::SymbolizedAddress> found =
      symbols->Symbolize(input.space.OffsetIn(module, address));
  if (!found || found->location.function.empty()) return std::nullopt;
  return found->function_start;
}

// Whether the callee's own function called last, so that the link register holds a place in it. Symbols of
// the callee's module must be answered.
bool IsOwnCall(const StepInput& input, std::uint64_t return_address) {
  const std::optional<std::uint32_t> module = input.callee.module;
  const model::ProcessAddress call{return_address - input.cpu.call_bytes_back};
  if (!module || input.space.FindModule(call) != module) return false;
  const model::ProcessAddress pc = input.callee.instruction;
  const std::optional<model::ModuleOffset> start = FunctionStart(input, *module, pc);
  if (!start || FunctionStart(input, *module, call) != start) return false;
  return input.space.OffsetIn(*module, pc) != *start;
}

// The caller's sp, as far as it can be told: above where the callee stored the link register, if it did, else
// as the callee has it.
std::uint64_t CallerStackPointer(const StepInput& input, std::uint64_t sp, std::uint64_t link) {
  const auto pointer_bytes = static_cast<std::uint64_t>(input.stack.pointer_bytes());
  std::uint64_t slot = sp;
  for (int i = 0; i < kMaxLeafFrameWords; ++i, slot += pointer_bytes) {
    const std::optional<std::uint64_t> word = input.stack.ReadPointer(slot);
    if (!word) break;
    if (*word == link) return slot + pointer_bytes;
  }
  return sp;
}

}  // namespace

bool IsExact(const model::Frame& callee) { return callee.instruction == callee.resume_address; }

bool HasStoredLink(const StepInput& input, const PrologueRules& rules) {
  const base::Bytes code = CodeBeforePc(input);
  for (std::size_t end = code.size(); end >= kClassifiedBytes; end -= rules.step_bytes) {
    const LinkUse use = rules.classify(code.subspan(end - kClassifiedBytes, kClassifiedBytes));
    if (use != LinkUse::kOther) return use == LinkUse::kStored;
  }
  return false;
}

StepResult CallerByLinkRegister(const StepInput& input) {
  const std::optional<std::uint64_t> link = input.callee.registers.Get(input.table.link);
  const std::optional<std::uint64_t> sp = input.callee.registers.Get(input.table.sp);
  if (!IsExact(input.callee) || !link || !sp) return StepResult::NoCaller();
  if (const std::optional<std::uint32_t> module = input.callee.module) {
    if (!input.symbols.IsAnswered(*module)) return StepResult::NeedSymbols(*module);
    const model::ModuleSymbols* const symbols = input.symbols.Get(*module);
    const model::ModuleOffset offset = input.space.OffsetIn(*module, input.callee.instruction);
    if (symbols != nullptr && symbols->FindUnwindRow(offset)) return StepResult::NoCaller();
  }
  const ReturnAddressVerdict verdict = JudgeReturnAddress(input, *link);
  if (verdict.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(verdict.module);
  if (verdict.kind != Kind::kCaller || IsOwnCall(input, verdict.address)) return StepResult::NoCaller();

  model::Registers caller;
  KeepCalleeSaved(input, caller);
  caller.Set(input.table.pc, verdict.address);
  caller.Set(input.table.sp, CallerStackPointer(input, *sp, *link));
  return StepResult::Caller(caller, model::Trust::kLeaf);
}

}  // namespace cairn::unwind
