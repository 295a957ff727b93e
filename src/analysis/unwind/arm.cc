#include "analysis/unwind/arm.h"

#include <optional>

#include "analysis/unwind/cfi.h"
#include "analysis/unwind/frame_record.h"
#include "analysis/unwind/link_register.h"
#include "analysis/unwind/scan.h"

namespace cairn::unwind {
namespace {

using model::kArmFp;
using model::kArmLr;
using model::kArmPc;
using model::kArmR7;

constexpr std::uint64_t kThumbBit = 1;
constexpr FrameRecordRules kIosRecord = {.frame_pointer = kArmR7};
constexpr FrameRecordRules kWindowsRecord = {.frame_pointer = kArmFp};

// The records of a system that has any, else nullptr.
const FrameRecordRules* RecordsOf(model::Os os) {
  if (os == model::Os::kIos) return &kIosRecord;
  return os == model::Os::kWindows ? &kWindowsRecord : nullptr;
}

// ARM instructions are four bytes and aligned: what is even and in the middle of one is no return address.
std::uint64_t CodeAddress(const StepInput& /*input*/, std::uint64_t word) {
  constexpr std::uint64_t kMiddleOfArm = 2;
  return (word & 3) == kMiddleOfArm ? 0 : word & ~kThumbBit;
}

bool IsCodeAddress(std::uint64_t address) {
  return address != 0 && address <= 0xffffffff && (address & kThumbBit) == 0;
}

LinkUse ClassifyArm(std::uint32_t word) {
  if ((word & 0x0fff4000) == 0x092d4000) return LinkUse::kStored;  // push {..., lr}
  if ((word & 0x0fffffff) == 0x052de004) return LinkUse::kStored;  // push {lr}
  if ((word & 0x0fff0000) == 0x08bd0000)
    return (word & 0xc000) != 0  // pop {..., lr or pc}
               ? LinkUse::kRestored
               : LinkUse::kOther;
  const std::uint32_t any_condition = word & 0x0fffffff;
  const bool is_pop = any_condition == 0x049de004 || any_condition == 0x049df004;       // pop {lr}, pop {pc}
  return is_pop || any_condition == 0x012fff1e ? LinkUse::kRestored : LinkUse::kOther;  // bx lr
}

LinkUse ClassifyThumb(std::uint32_t first, std::uint32_t second) {
  if ((second & 0xff00) == 0xb500) return LinkUse::kStored;                        // push {..., lr}
  if (first == 0xe92d && (second & 0x4000) != 0) return LinkUse::kStored;          // push.w {..., lr}
  if (first == 0xf84d && second == 0xed04) return LinkUse::kStored;                // push.w {lr}
  if ((second & 0xff00) == 0xbd00 || second == 0x4770) return LinkUse::kRestored;  // pop {..., pc}, bx lr
  if (first == 0xe8bd && (second & 0xc000) != 0) return LinkUse::kRestored;        // pop.w {..., lr or pc}
  const bool is_long_pop = first == 0xf85d && (second == 0xeb04 || second == 0xfb04);  // pop.w {lr}, {pc}
  return is_long_pop ? LinkUse::kRestored : LinkUse::kOther;
}

// pc does not say which instruction set it is in: what is no instruction of note in one is tried in the
// other.
LinkUse Classify(base::Bytes last_four) {
  const auto word = base::ByteReader(last_four).Read<std::uint32_t>();
  const LinkUse use = ClassifyArm(word);
  return use != LinkUse::kOther ? use : ClassifyThumb(word & 0xffff, word >> 16);
}

constexpr PrologueRules kPrologue = {.step_bytes = 2, .classify = Classify};

StepResult CallerByLr(const StepInput& input) {
  const std::optional<std::uint64_t> link = input.callee.registers.Get(kArmLr);
  if (!link || !IsExact(input.callee)) return StepResult::NoCaller();
  const FrameRecordRules* const records = RecordsOf(input.os);
  if (records != nullptr && ReturnAddressInRecord(input, *records) == CodeAddress(input, *link)) {
    return StepResult::NoCaller();
  }
  if (HasStoredLink(input, kPrologue)) return StepResult::NoCaller();
  return CallerByLinkRegister(input);
}

StepResult CallerByFramePointer(const StepInput& input) {
  const FrameRecordRules* const records = RecordsOf(input.os);
  return records != nullptr ? CallerByFrameRecord(input, *records) : StepResult::NoCaller();
}

// A row's rules give pc and lr as they were stored, with the bit of Thumb.
void CorrectCaller(const StepInput& /*input*/, StepResult& caller) {
  for (const model::RegisterIndex index : {kArmPc, kArmLr}) {
    if (const std::optional<std::uint64_t> value = caller.registers.Get(index)) {
      caller.registers.Set(index, *value & ~kThumbBit);
    }
  }
}

void CompleteScan(const StepInput& input, std::uint64_t slot, std::uint32_t /*index*/,
                  model::Registers& caller) {
  const FrameRecordRules* const records = RecordsOf(input.os);
  if (records == nullptr) return;
  if (const auto fp = FramePointerAtSlot(input, *records, slot)) caller.Set(records->frame_pointer, *fp);
}

// A5.1 and A8.8 of the Architecture Reference Manual for Armv7-A.
bool IsArmCall(std::uint32_t word) {
  return (word & 0x0f000000) == 0x0b000000 ||  // bl, of any condition; with 0xf blx of an odd halfword
         (word & 0xfe000000) == 0xfa000000 ||  // blx to Thumb
         (word & 0x0ffffff0) == 0x012fff30;    // blx of a register
}

// Two instructions before its return address: mov lr, pc, which reads as the instruction after the next. Then
// comes the jump.
bool IsMovLrPc(std::uint32_t word) { return (word & 0x0fffffff) == 0x01a0e00f; }

bool IsThumbCall(std::uint16_t first, std::uint16_t second) {
  const bool is_long = (first & 0xf800) == 0xf000 && (second & 0xc000) == 0xc000;  // bl, blx
  return is_long || (second & 0xff87) == 0x4780;                                   // blx of a register
}

constexpr StepMethod kTables[] = {CallerByCfi};
constexpr StepMethod kGuesses[] = {CallerByLr, CallerByFramePointer, CallerByScan};

}  // namespace

bool EndsWithArmCall(base::Bytes code) {
  if (code.size() < 2 * sizeof(std::uint32_t)) return false;
  base::ByteReader words(code.last(2 * sizeof(std::uint32_t)));  // Code is little-endian even on BE8.
  const auto before_last = words.Read<std::uint32_t>();
  const auto last = words.Read<std::uint32_t>();
  return IsArmCall(last) || IsMovLrPc(before_last) ||
         IsThumbCall(static_cast<std::uint16_t>(last & 0xffff), static_cast<std::uint16_t>(last >> 16));
}

constinit const CpuRules kArmRules = {.cpu = model::Cpu::kArm,
                                      .call_bytes_back = 2,
                                      .is_code_address = IsCodeAddress,
                                      .code_address = CodeAddress,
                                      .ends_with_call = EndsWithArmCall,
                                      .by_table = kTables,
                                      .by_guess = kGuesses,
                                      .correct_caller = CorrectCaller,
                                      .complete_scan = CompleteScan,
                                      .scan = {.words_where_mapped = 160}};

}  // namespace cairn::unwind
