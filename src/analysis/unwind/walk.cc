#include "analysis/unwind/walk.h"

#include "analysis/unwind/cpu_rules.h"
#include "analysis/unwind/scan.h"
#include "analysis/unwind/thread_entry.h"

namespace cairn::unwind {
namespace {

// Nothing is ever mapped in the first page: a caller there is the zero that ends a stack.
constexpr std::uint64_t kFirstPageEnd = 4096;

}  // namespace

StackWalk::StackWalk(const WalkInput& input, const model::Registers& context)
    : input_(input), table_(model::FindRegisterTable(input.cpu)), rules_(FindCpuRules(input.cpu)) {
  done_ = table_ == nullptr || rules_ == nullptr;
  if (table_ != nullptr && context.Get(table_->pc)) {
    AddFrame(context, model::Trust::kContext, true);
  } else {
    done_ = true;
  }
}

std::optional<std::uint32_t> StackWalk::Next() {
  while (!done_) {
    model::Frame& callee = frames_.back();
    const std::span<const model::Frame> inner(frames_.data(), frames_.size() - 1);
    const Found found = FindCaller({.cpu = *rules_,
                                    .table = *table_,
                                    .os = input_.os,
                                    .space = input_.space,
                                    .symbols = input_.symbols,
                                    .stack = input_.stack,
                                    .run_time_code = input_.run_time_code,
                                    .callee = callee,
                                    .inner = inner});
    const StepResult& step = found.step;
    if (step.kind == StepResult::Kind::kNeedSymbols) return step.module;
    if (found.table_was_wrong) ++wrong_tables_;
    scanned_words_ += step.scanned_words;
    // Nobody calls a trampoline: a handler returns to its start, before which another function ends.
    if (step.is_interrupted) callee.instruction = callee.resume_address;
    done_ = !IsAdvance(step);
    if (done_) break;
    truncated_ = frames_.size() >= kMaxFramesPerThread || scanned_words_ > kMaxScannedWordsPerThread;
    done_ = truncated_;
    if (!done_) AddFrame(step.registers, step.trust, step.is_interrupted);
  }
  return std::nullopt;
}

StackWalk::Found StackWalk::FindCaller(const StepInput& input) const {
  using Kind = StepResult::Kind;
  Found last_resort;
  for (const StepMethod method : rules_->by_table) {
    StepResult step = method(input);
    if (step.kind == Kind::kNoCaller) continue;
    if (step.kind == Kind::kCaller && rules_->correct_caller != nullptr) rules_->correct_caller(input, step);
    if (step.kind != Kind::kCaller || IsPlausible(step, input)) {
      return {step, last_resort.table_was_wrong};
    }
    // Rules that were wrong here lead out of all code, such as to 0xfffffffd in a Firefox dump of 32-bit
    // Windows. Other methods may know better; Breakpad and rust-minidump report the wrong frame.
    if (!last_resort.table_was_wrong) last_resort.step = step;
    last_resort.table_was_wrong = true;
  }
  if (IsThreadStart(input)) return {StepResult::Outermost(), last_resort.table_was_wrong};
  if (last_resort.table_was_wrong && input.callee.trust < model::Trust::kCfi) {
    StepResult above = ScanAbove(input, last_resort.step);
    if (above.kind == Kind::kCaller && rules_->correct_caller != nullptr) {
      rules_->correct_caller(input, above);
    }
    if (above.kind != Kind::kNoCaller) return {above, true};
  }
  for (const StepMethod method : rules_->by_guess) {
    StepResult step = method(input);
    if (step.kind == Kind::kNoCaller) continue;
    if (step.kind == Kind::kCaller && rules_->correct_caller != nullptr) rules_->correct_caller(input, step);
    return {step, last_resort.table_was_wrong};
  }
  const std::uint64_t pc = last_resort.step.registers.Get(table_->pc).value_or(0);
  if (!rules_->is_code_address(pc)) last_resort.step = StepResult::NoCaller();
  return last_resort;
}

// A frame that a guess found and whose tables lead nowhere is most likely a stale return address, in the
// middle of a live frame. Where its tables took it to end is as good a place to go on as its own, and is
// where other tools go on.
StepResult StackWalk::ScanAbove(const StepInput& input, const StepResult& wrong) const {
  const std::optional<std::uint64_t> sp = wrong.registers.Get(table_->sp);
  const std::optional<std::uint64_t> callee_sp = input.callee.registers.Get(table_->sp);
  if (!sp || !callee_sp || *sp <= *callee_sp) return StepResult::NoCaller();
  return CallerByScanOf(input, {.start = *sp, .words = rules_->scan.words});
}

bool StackWalk::IsPlausible(const StepResult& step, const StepInput& input) const {
  const std::uint64_t pc = step.registers.Get(table_->pc).value_or(0);
  // What was interrupted may just have jumped to nowhere, and a zero ends the stack.
  if (step.is_interrupted || pc < kFirstPageEnd) return true;
  return rules_->is_code_address(pc) && input.space.MayHoldCode({pc});
}

bool StackWalk::IsAdvance(const StepResult& step) {
  const std::optional<std::uint64_t> pc = step.registers.Get(table_->pc);
  const std::optional<std::uint64_t> sp = step.registers.Get(table_->sp);
  const model::Frame& callee = frames_.back();
  const std::optional<std::uint64_t> callee_sp = callee.registers.Get(table_->sp);
  if (step.kind != StepResult::Kind::kCaller || !pc || !sp || !callee_sp) return false;
  if (*sp > *callee_sp) {
    frames_without_advance_ = 0;
    return step.is_interrupted || *pc >= kFirstPageEnd;
  }
  if (++frames_without_advance_ > kMaxFramesWithoutAdvance) return false;
  if (step.is_interrupted) return true;
  // A function that calls nothing leaves the stack as it is where the return address is in a register. It is
  // the innermost, or a signal interrupted it, or its caller is known from a table.
  const bool may_stand = table_->link != model::kNoRegister && *sp == *callee_sp &&
                         *pc != callee.resume_address.value && *pc >= kFirstPageEnd;
  return may_stand && (callee.instruction == callee.resume_address || step.trust == model::Trust::kCfi);
}

void StackWalk::AddFrame(const model::Registers& registers, model::Trust trust, bool pc_is_exact) {
  model::Frame frame;
  frame.registers = registers;
  frame.trust = trust;
  frame.resume_address = {registers.Get(table_->pc).value_or(0)};
  frame.instruction = frame.resume_address;
  if (!pc_is_exact && rules_ != nullptr) frame.instruction.value -= rules_->call_bytes_back;
  frame.module = input_.space.FindModule(frame.instruction);
  frames_.push_back(std::move(frame));
}

}  // namespace cairn::unwind
