#include "analysis/unwind/walk.h"

#include "analysis/unwind/amd64.h"
#include "analysis/unwind/cfi.h"

namespace cairn::unwind {
namespace {

// Nothing is ever mapped in the first page: a caller there is the zero that ends a stack.
constexpr std::uint64_t kFirstPageEnd = 4096;

// How a CPU is unwound; one row per CPU.
struct CpuMethods {
  model::Cpu cpu;
  // From a return address back into the call before it, so that symbols of the caller's line are found.
  std::uint64_t call_bytes_back;
  bool (*is_valid_address)(std::uint64_t);
  StepResult (*by_frame_pointer)(const StepInput&);
  StepResult (*by_scan)(const StepInput&);
};
constexpr CpuMethods kMethods[] = {
    {model::Cpu::kAmd64, 1, IsCanonicalAmd64, Amd64CallerByFramePointer, Amd64CallerByScan},
};

const CpuMethods* FindMethods(model::Cpu cpu) {
  for (const CpuMethods& row : kMethods) {
    if (row.cpu == cpu) return &row;
  }
  return nullptr;
}

StepResult FindCaller(const StepInput& input, const model::RegisterTable& table, const CpuMethods& methods) {
  using Kind = StepResult::Kind;
  StepResult by_cfi = CallerByCfi(input, table);
  if (by_cfi.kind == Kind::kNeedSymbols || by_cfi.kind == Kind::kOutermost) return by_cfi;
  bool is_fallback = false;
  if (by_cfi.kind == Kind::kCaller) {
    const std::uint64_t pc = by_cfi.registers.Get(table.pc).value_or(0);
    // What was interrupted may just have jumped to nowhere.
    if (by_cfi.is_interrupted || pc < kFirstPageEnd || input.space.MayHoldCode({pc})) return by_cfi;
    // Rules that were wrong here lead out of all code, such as to 0xfffffffd in a Firefox dump of 32-bit
    // Windows. The other methods may know better; Breakpad and rust-minidump report the wrong frame.
    is_fallback = methods.is_valid_address(pc);
  }
  const StepResult by_frame_pointer = methods.by_frame_pointer(input);
  if (by_frame_pointer.kind != Kind::kNoCaller) return by_frame_pointer;
  const StepResult by_scan = methods.by_scan(input);
  if (by_scan.kind != Kind::kNoCaller) return by_scan;
  return is_fallback ? by_cfi : StepResult::NoCaller();
}

}  // namespace

StackWalk::StackWalk(model::Cpu cpu, const AddressSpace& space, const SymbolSet& symbols, StackMemory stack,
                     const model::Registers& context)
    : cpu_(cpu), space_(&space), symbols_(&symbols), stack_(stack) {
  const model::RegisterTable* const table = model::FindRegisterTable(cpu);
  if (table == nullptr || !context.Get(table->pc)) {
    done_ = true;
    return;
  }
  AddFrame(context, model::Trust::kContext, true);
}

std::optional<std::uint32_t> StackWalk::Next() {
  const model::RegisterTable* const table = model::FindRegisterTable(cpu_);
  const CpuMethods* const methods = FindMethods(cpu_);
  if (table == nullptr || methods == nullptr) done_ = true;
  while (!done_) {
    model::Frame& callee = frames_.back();
    const StepResult step = FindCaller(
        {.space = *space_, .symbols = *symbols_, .stack = stack_, .callee = callee}, *table, *methods);
    if (step.kind == StepResult::Kind::kNeedSymbols) return step.module;
    // Nobody calls a trampoline: a handler returns to its start, before which another function ends.
    if (step.is_interrupted) callee.instruction = callee.resume_address;
    done_ = !IsAdvance(step, *table);
    if (done_) break;
    truncated_ = frames_.size() >= kMaxFramesPerThread;
    done_ = truncated_;
    if (!done_) AddFrame(step.registers, step.trust, step.is_interrupted);
  }
  return std::nullopt;
}

bool StackWalk::IsAdvance(const StepResult& step, const model::RegisterTable& table) const {
  const std::optional<std::uint64_t> pc = step.registers.Get(table.pc);
  const std::optional<std::uint64_t> sp = step.registers.Get(table.sp);
  const std::optional<std::uint64_t> callee_sp = frames_.back().registers.Get(table.sp);
  if (step.kind != StepResult::Kind::kCaller || !pc || !sp || !callee_sp) return false;
  return step.is_interrupted || (*pc >= kFirstPageEnd && *sp > *callee_sp);
}

void StackWalk::AddFrame(const model::Registers& registers, model::Trust trust, bool pc_is_exact) {
  const model::RegisterTable* const table = model::FindRegisterTable(cpu_);
  const CpuMethods* const methods = FindMethods(cpu_);
  model::Frame frame;
  frame.registers = registers;
  frame.trust = trust;
  frame.resume_address = {registers.Get(table->pc).value_or(0)};
  frame.instruction = frame.resume_address;
  if (!pc_is_exact && methods != nullptr) frame.instruction.value -= methods->call_bytes_back;
  frame.module = space_->FindModule(frame.instruction);
  frames_.push_back(std::move(frame));
}

}  // namespace cairn::unwind
