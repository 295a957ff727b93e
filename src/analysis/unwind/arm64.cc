#include "analysis/unwind/arm64.h"

#include <algorithm>
#include <bit>
#include <optional>

#include "analysis/unwind/cfi.h"
#include "analysis/unwind/frame_record.h"
#include "analysis/unwind/link_register.h"
#include "analysis/unwind/scan.h"

namespace cairn::unwind {
namespace {

using model::kArm64Fp;
using model::kArm64Lr;
using model::kArm64Pc;
using model::kArm64Sp;

constexpr std::uint64_t kInstructionBytes = 4;

// Processes have addresses of 47 bits at least on most systems that sign return addresses; of 48 or 52 on
// Linux, as modules up there tell. Kernels of Android have 39, and signatures that begin at bit 39.
constexpr std::uint64_t kUsualAddressMask = (std::uint64_t{1} << 47) - 1;
constexpr std::uint64_t kShortestAddressMask = (std::uint64_t{1} << 39) - 1;
constexpr std::uint64_t kMaxAddress = (std::uint64_t{1} << 52) - 1;

// Bit 55 tells the halves of the address space apart and is never part of a signature.
constexpr std::uint64_t kKernelHalfBit = std::uint64_t{1} << 55;

// The smallest mask of ones that covers `address`.
std::uint64_t MaskFor(std::uint64_t address) {
  return address == 0 ? 0 : ~std::uint64_t{0} >> std::countl_zero(address);
}

std::uint64_t UsualMask(const StepInput& input) {
  return MaskFor(input.space.highest_code_address()) | kUsualAddressMask;
}

std::uint64_t CodeAddress(const StepInput& input, std::uint64_t word) {
  if ((word & kKernelHalfBit) != 0) return word;
  const std::uint64_t usual = word & UsualMask(input);
  if (input.space.FindModule({usual})) return usual;
  // On Apple's systems this would make code of pointers into the heap, which lies above 2^46.
  if (input.os != model::Os::kAndroid && input.os != model::Os::kLinux) return usual;
  const std::uint64_t shortest = word & (MaskFor(input.space.highest_code_address()) | kShortestAddressMask);
  return input.space.FindModule({shortest}) ? shortest : usual;
}

std::uint64_t StackAddress(const StepInput& input, std::uint64_t word) {
  return (word & kKernelHalfBit) != 0 ? word : word & UsualMask(input);
}

bool IsCodeAddress(std::uint64_t address) {
  return address <= kMaxAddress && address % kInstructionBytes == 0;
}

constexpr FrameRecordRules kRecord = {.frame_pointer = kArm64Fp, .stack_address = StackAddress};

// The instruction that ends with `code`, which is little-endian whatever data is.
std::uint32_t LastWord(base::Bytes code) {
  return base::ByteReader(code.last(kInstructionBytes)).Read<std::uint32_t>();
}

// What code does with the record of x29 and x30 at sp (Arm Architecture Reference Manual, C6.2).
LinkUse Classify(base::Bytes last_four) {
  const std::uint32_t word = LastWord(last_four);
  constexpr std::uint32_t kAnyOffset = 0xffc07fff;
  const std::uint32_t pair = word & kAnyOffset;
  if (pair == 0xa9007bfd || pair == 0xa9807bfd) return LinkUse::kStored;    // stp, also with writeback before
  if (pair == 0xa9407bfd || pair == 0xa8c07bfd) return LinkUse::kRestored;  // ldp, also with writeback after
  const bool is_return = word == 0xd65f03c0 || word == 0xd65f0bff || word == 0xd65f0fff;  // ret, retaa, retab
  return is_return ? LinkUse::kRestored : LinkUse::kOther;
}

constexpr PrologueRules kPrologue = {.step_bytes = kInstructionBytes, .classify = Classify};

// Where a function made its record, its caller is in there; x30 is then either the same or what the last call
// left. Breakpad takes x30 always, rust-minidump never.
StepResult CallerByX30(const StepInput& input) {
  const std::optional<std::uint64_t> link = input.callee.registers.Get(kArm64Lr);
  if (!link || !IsExact(input.callee)) return StepResult::NoCaller();
  if (ReturnAddressInRecord(input, kRecord) == CodeAddress(input, *link)) return StepResult::NoCaller();
  if (HasStoredLink(input, kPrologue)) return StepResult::NoCaller();
  return CallerByLinkRegister(input);
}

// x30 stays unknown in the caller: what it held there, the call has overwritten. A row that says `.ra: x30`
// of a caller is thus not obeyed, as it cannot be true there.
StepResult CallerByX29(const StepInput& input) { return CallerByFrameRecord(input, kRecord); }

// Where the callee's cfa must be if x29 leads to its record and `row` says how far below the cfa that is.
std::optional<std::uint64_t> CfaByRecord(const StepInput& input, const model::UnwindRow& row) {
  using model::RuleOp;
  const std::optional<std::uint64_t> fp = input.callee.registers.Get(kArm64Fp);
  const auto saved = std::ranges::find(row.registers, kArm64Fp, &model::RegisterRule::index);
  if (!fp || saved == row.registers.end() || saved->rule.size() != 4) return std::nullopt;
  const model::Rule& rule = saved->rule;
  const bool is_below_cfa = rule[0].op == RuleOp::kCfa && rule[1].op == RuleOp::kConstant &&
                            rule[2].op == RuleOp::kAdd && rule[3].op == RuleOp::kDereference;
  if (!is_below_cfa) return std::nullopt;
  return *fp - static_cast<std::uint64_t>(rule[1].value);
}

// A record tells its caller's sp only where records are at the top of frames, as on Apple's systems. GCC puts
// them at the bottom, and its rows count from sp: after a step by record they lead astray. Where they do, sp
// is put right by the callee's own record.
StepResult CallerByRow(const StepInput& input) {
  const StepResult step = CallerByCfi(input);
  if (step.kind != StepResult::Kind::kCaller || input.callee.trust != model::Trust::kFramePointer)
    return step;
  const ReturnAddressVerdict verdict = JudgeReturnAddress(input, step.registers.Get(kArm64Pc).value_or(0));
  if (verdict.kind == StepResult::Kind::kNeedSymbols) return StepResult::NeedSymbols(verdict.module);
  const std::optional<std::uint64_t> sp = input.callee.registers.Get(kArm64Sp);
  const std::optional<std::uint64_t> cfa = step.registers.Get(kArm64Sp);
  if (verdict.kind == StepResult::Kind::kCaller || !sp || !cfa) return step;

  const std::optional<model::UnwindRow> row = FindRow(input);
  const std::optional<std::uint64_t> right_cfa = row ? CfaByRecord(input, *row) : std::nullopt;
  if (!right_cfa || *right_cfa <= *sp) return step;
  model::Frame callee = input.callee;
  callee.registers.Set(kArm64Sp, *sp + (*right_cfa - *cfa));
  const StepInput corrected{.cpu = input.cpu,
                            .table = input.table,
                            .os = input.os,
                            .space = input.space,
                            .symbols = input.symbols,
                            .stack = input.stack,
                            .run_time_code = input.run_time_code,
                            .callee = callee,
                            .inner = input.inner};
  const StepResult again = CallerByCfi(corrected);
  return again.kind == StepResult::Kind::kCaller ? again : step;
}

void CorrectCaller(const StepInput& input, StepResult& caller) {
  for (const model::RegisterIndex index : {kArm64Pc, kArm64Lr}) {
    if (const std::optional<std::uint64_t> value = caller.registers.Get(index)) {
      caller.registers.Set(index, CodeAddress(input, *value));
    }
  }
  if (const std::optional<std::uint64_t> value = caller.registers.Get(kArm64Fp)) {
    const std::uint64_t stripped = StackAddress(input, *value);
    if (input.stack.HasPointer(stripped)) caller.registers.Set(kArm64Fp, stripped);
  }
}

void CompleteScan(const StepInput& input, std::uint64_t slot, std::uint32_t /*index*/,
                  model::Registers& caller) {
  if (const auto fp = FramePointerAtSlot(input, kRecord, slot)) caller.Set(kArm64Fp, *fp);
}

constexpr StepMethod kTables[] = {CallerByRow};
constexpr StepMethod kGuesses[] = {CallerByX30, CallerByX29, CallerByScan};

}  // namespace

bool EndsWithArm64Call(base::Bytes code) {
  if (code.size() < kInstructionBytes) return false;
  const std::uint32_t word = LastWord(code);
  return (word & 0xfc000000) == 0x94000000 ||  // bl
         (word & 0xfffffc1f) == 0xd63f0000 ||  // blr
         (word & 0xfffff81f) == 0xd63f081f ||  // blraaz, blrabz
         (word & 0xfffff800) == 0xd73f0800;    // blraa, blrab
}

constinit const CpuRules kArm64Rules = {.cpu = model::Cpu::kArm64,
                                        .call_bytes_back = kInstructionBytes,
                                        .is_code_address = IsCodeAddress,
                                        .code_address = CodeAddress,
                                        .ends_with_call = EndsWithArm64Call,
                                        .by_table = kTables,
                                        .by_guess = kGuesses,
                                        .correct_caller = CorrectCaller,
                                        .complete_scan = CompleteScan,
                                        .scan = {.words_where_mapped = 160}};

}  // namespace cairn::unwind
