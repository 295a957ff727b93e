#include "analysis/unwind/stack_win.h"

#include <algorithm>
#include <optional>

#include "analysis/unwind/cpu_rules.h"
#include "analysis/unwind/frame_program.h"
#include "analysis/unwind/scan.h"

namespace cairn::unwind {
namespace {

using model::kEbp;
using model::kEbx;
using model::kEip;
using model::kEsp;
using model::StackWinRow;
using Kind = StepResult::Kind;

constexpr std::uint32_t kPointerBytes = 4;

// How far above where the record says a return address may lie because the stack is aligned to 16 bytes.
constexpr std::uint32_t kAlignmentWords = 3;

// How many words are looked through for a saved ebp: the saved registers of a function and what a scan
// skipped, and no more than a scan looks at.
constexpr std::uint32_t kMaxSavedRegisterWords = 256;

// What the record and the callee's registers give before anything runs.
struct Layout {
  StackWinRow row;
  std::uint32_t esp = 0;
  std::uint32_t ebp = 0;
  bool ebp_is_known = false;
  std::uint32_t callee_parameter_bytes = 0;  // Of the function that the callee called.
  std::uint32_t return_slot = 0;             // ".raSearchStart": where the return address should be.
};

const model::ModuleSymbols* SymbolsOf(const StepInput& input, const model::Frame& frame) {
  if (!frame.module || !input.symbols.IsAnswered(*frame.module)) return nullptr;
  return input.symbols.Get(*frame.module);
}

std::optional<StackWinRow> FindRow(const StepInput& input, const model::Frame& frame) {
  const model::ModuleSymbols* const symbols = SymbolsOf(input, frame);
  if (symbols == nullptr) return std::nullopt;
  return symbols->FindStackWin(input.space.OffsetIn(*frame.module, frame.instruction));
}

// Bytes of parameters that the callee pushed for the function it called, which lie below its own locals.
std::uint32_t CalleeParameterBytes(const StepInput& input) {
  if (input.inner.empty()) return 0;
  const model::Frame& frame = input.inner.back();
  if (const std::optional<StackWinRow> row = FindRow(input, frame)) return row->parameter_bytes;
  const model::ModuleSymbols* const symbols = SymbolsOf(input, frame);
  if (symbols == nullptr) return 0;
  const auto function = symbols->Symbolize(input.space.OffsetIn(*frame.module, frame.instruction));
  return function ? function->parameter_bytes : 0;
}

// A word of the stack that can be a return address, or kNeedSymbols and the module.
struct Hit {
  Kind kind = Kind::kNoCaller;
  std::uint32_t module = 0;
  std::uint32_t slot = 0;
  std::uint32_t address = 0;
};

Hit FindReturnAddress(const StepInput& input, std::uint32_t start, std::uint32_t words) {
  const StepResult found = CallerByScanOf(input, {.start = start, .words = words});
  const auto esp = static_cast<std::uint32_t>(found.registers.Get(kEsp).value_or(0));
  const auto eip = static_cast<std::uint32_t>(found.registers.Get(kEip).value_or(0));
  return {.kind = found.kind, .module = found.module, .slot = esp - kPointerBytes, .address = eip};
}

// Where the return address is, near where the record says. kNoCaller: nowhere, which need not be wrong.
Hit FindReturnSlot(const StepInput& input, const Layout& layout) {
  const Hit hit = FindReturnAddress(input, layout.return_slot, kAlignmentWords);
  // A function that a system call has just left, with the address to which that returned still on the stack:
  // it is the context's own.
  const bool is_left_over = hit.kind == Kind::kCaller && layout.row.kind == StackWinRow::Kind::kFpo &&
                            input.callee.trust == model::Trust::kContext &&
                            hit.address == input.callee.resume_address.value;
  if (!is_left_over) return hit;
  const Hit next = FindReturnAddress(input, hit.slot + kPointerBytes, kAlignmentWords);
  if (next.kind != Kind::kNoCaller) return next;
  return {.kind = Kind::kCaller, .slot = hit.slot + kPointerBytes};
}

ProgramVariables InitialVariables(const StepInput& input, const Layout& layout) {
  ProgramVariables variables;
  variables.Set("$eip", static_cast<std::uint32_t>(input.callee.resume_address.value));
  variables.Set("$esp", layout.esp);
  if (layout.ebp_is_known) variables.Set("$ebp", layout.ebp);
  if (const std::optional<std::uint64_t> ebx = input.callee.registers.Get(kEbx)) {
    variables.Set("$ebx", static_cast<std::uint32_t>(*ebx));
  }
  variables.Set(".cbParams", layout.row.parameter_bytes);
  variables.Set(".cbCalleeParams", layout.callee_parameter_bytes);
  variables.Set(".cbSavedRegs", layout.row.saved_register_bytes);
  variables.Set(".cbLocals", layout.row.local_bytes);
  variables.Set(".raSearch", layout.return_slot);
  variables.Set(".raSearchStart", layout.return_slot);
  return variables;
}

// FPO_DATA has no program; these say what its fields mean. A function that uses ebp for other things than
// frames saves it as the last but one of its registers.
constexpr std::string_view kFpoProgram = "$eip .raSearch ^ = $esp .raSearch 4 + =";
constexpr std::string_view kFpoProgramWithEbp =
    "$eip .raSearch ^ = $ebp $esp .cbCalleeParams + .cbSavedRegs + 8 - ^ = $esp .raSearch 4 + =";

std::string_view ProgramOf(const StackWinRow& row) {
  if (row.kind == StackWinRow::Kind::kFrameData) return row.program;
  return row.allocates_base_pointer ? kFpoProgramWithEbp : kFpoProgram;
}

// ebp of the caller if what the program gave cannot be one: the highest word of the saved registers that
// points into the stack, for ebp is saved first. `skipped_bytes`: what a scan found above the record's place.
std::optional<std::uint32_t> FindSavedEbp(const StepInput& input, const Layout& layout,
                                          std::uint32_t skipped_bytes) {
  const std::uint32_t lowest = layout.esp + layout.callee_parameter_bytes;
  const std::uint32_t bytes = layout.row.saved_register_bytes + skipped_bytes;
  const std::uint32_t words = std::min(bytes / kPointerBytes, kMaxSavedRegisterWords);
  for (std::uint32_t i = 0; i <= words; ++i) {
    const std::uint32_t slot = lowest + (words - i) * kPointerBytes;
    const std::optional<std::uint64_t> saved = input.stack.ReadPointer(slot);
    if (!saved) return std::nullopt;
    if (*saved > slot && input.stack.AreInOneRange(slot, *saved)) return static_cast<std::uint32_t>(*saved);
  }
  return std::nullopt;
}

// A return address in no module may be repaired: the record may be wrong by some words.
StepResult RepairCaller(const StepInput& input, const Layout& layout, StepResult caller) {
  const std::uint64_t eip = caller.registers.Get(kEip).value_or(0);
  std::uint32_t skipped_bytes = 0;
  if (eip != 0 && !input.space.FindModule({eip - 1}) && !input.space.IsExecutable({eip}).value_or(false)) {
    const ScanRules& rules = input.cpu.scan;
    const bool is_context = input.callee.trust == model::Trust::kContext;
    const std::uint32_t start = layout.return_slot + kPointerBytes;
    const Hit hit = FindReturnAddress(input, start, is_context ? rules.words_from_context : rules.words);
    if (hit.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(hit.module);
    if (hit.kind == Kind::kCaller) {
      caller.registers.Set(kEip, hit.address);
      caller.registers.Set(kEsp, hit.slot + kPointerBytes);
      caller.trust = model::Trust::kCfiScan;
      skipped_bytes = hit.slot - start;
    }
  }
  // Functions that a scan skipped saved their ebp too: a value below the return address is one of theirs.
  const std::optional<std::uint64_t> ebp = caller.registers.Get(kEbp);
  const bool is_skipped =
      caller.trust != model::Trust::kCfi && ebp && *ebp <= std::uint64_t{layout.return_slot} + skipped_bytes;
  if (ebp && !is_skipped && input.stack.HasPointer(*ebp)) return caller;
  const bool uses_ebp = layout.row.kind == StackWinRow::Kind::kFrameData || layout.row.allocates_base_pointer;
  if (!uses_ebp) return caller;
  if (const std::optional<std::uint32_t> saved = FindSavedEbp(input, layout, skipped_bytes)) {
    caller.registers.Set(kEbp, *saved);
  }
  return caller;
}

std::optional<Layout> ReadLayout(const StepInput& input) {
  std::optional<StackWinRow> row = FindRow(input, input.callee);
  const std::optional<std::uint64_t> esp = input.callee.registers.Get(kEsp);
  if (!row || !esp) return std::nullopt;
  const std::optional<std::uint64_t> ebp = input.callee.registers.Get(kEbp);
  Layout layout{.row = *std::move(row),
                .esp = static_cast<std::uint32_t>(*esp),
                .ebp = static_cast<std::uint32_t>(ebp.value_or(0)),
                .ebp_is_known = ebp.has_value(),
                .callee_parameter_bytes = CalleeParameterBytes(input)};
  layout.return_slot =
      layout.esp + layout.callee_parameter_bytes + layout.row.local_bytes + layout.row.saved_register_bytes;
  return layout;
}

}  // namespace

StepResult CallerByStackWin(const StepInput& input) {
  const std::optional<std::uint32_t> module = input.callee.module;
  if (!module) return StepResult::NoCaller();
  if (!input.symbols.IsAnswered(*module)) return StepResult::NeedSymbols(*module);
  std::optional<Layout> layout = ReadLayout(input);
  if (!layout) return StepResult::NoCaller();
  const std::string_view program = ProgramOf(layout->row);
  if (program.find('@') != std::string_view::npos && layout->ebp_is_known) {
    // How much a function aligned its stack is not known, but it then keeps ebp at its frame's top.
    layout->return_slot = layout->ebp + kPointerBytes;
  } else {
    const Hit hit = FindReturnSlot(input, *layout);
    if (hit.kind == Kind::kNeedSymbols) return StepResult::NeedSymbols(hit.module);
    if (hit.kind == Kind::kCaller) layout->return_slot = hit.slot;
  }

  const auto variables = RunFrameProgram(program, InitialVariables(input, *layout), input.stack);
  if (!variables || !variables->IsAssigned("$eip") || !variables->IsAssigned("$esp")) {
    return StepResult::NoCaller();
  }
  model::Registers caller;
  caller.Set(kEip, variables->Get("$eip").value_or(0));
  caller.Set(kEsp, variables->Get("$esp").value_or(0));
  // A program that says nothing of these two leaves them as they are; of the others it need not tell.
  if (const auto ebp = variables->Get("$ebp")) caller.Set(kEbp, *ebp);
  if (const auto ebx = variables->Get("$ebx")) caller.Set(kEbx, *ebx);
  if (variables->IsAssigned("$esi")) caller.Set(model::kEsi, variables->Get("$esi").value_or(0));
  if (variables->IsAssigned("$edi")) caller.Set(model::kEdi, variables->Get("$edi").value_or(0));
  return RepairCaller(input, *layout, StepResult::Caller(caller, model::Trust::kCfi));
}

}  // namespace cairn::unwind
