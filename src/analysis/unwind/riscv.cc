#include "analysis/unwind/riscv.h"

#include <optional>

#include "analysis/unwind/cfi.h"
#include "analysis/unwind/frame_record.h"
#include "analysis/unwind/link_register.h"
#include "analysis/unwind/scan.h"

namespace cairn::unwind {
namespace {

using model::kRiscvRa;
using model::kRiscvS0;

constexpr FrameRecordRules kRecordBelow = {
    .frame_pointer = kRiscvS0, .saved_frame_pointer = -2, .return_address = -1, .caller_sp = 0};
constexpr FrameRecordRules kRecordAt = {.frame_pointer = kRiscvS0};

// Compressed calls have two bytes. Two bytes back is thus in every call, and in nothing that is before it.
constexpr std::uint64_t kShortestCallBytes = 2;

bool IsCodeAddress32(std::uint64_t address) { return address <= 0xffffffff && address % 2 == 0; }

// Sv57, the widest scheme of the privileged specification, leaves processes 56 bits.
bool IsCodeAddress64(std::uint64_t address) { return address >> 56 == 0 && address % 2 == 0; }

LinkUse ClassifyCompressed(std::uint32_t halfword) {
  const std::uint32_t store = halfword & 0xe07f;
  if (store == 0xe006 || store == 0xc006) return LinkUse::kStored;  // c.sdsp ra, c.swsp ra
  const std::uint32_t load = halfword & 0xef83;
  const bool is_load = load == 0x6082 || load == 0x4082;                        // c.ldsp ra, c.lwsp ra
  return is_load || halfword == 0x8082 ? LinkUse::kRestored : LinkUse::kOther;  // ret
}

LinkUse Classify(base::Bytes last_four) {
  const auto word = base::ByteReader(last_four).Read<std::uint32_t>();
  const std::uint32_t store = word & 0x01fff07f;
  if (store == 0x00113023 || store == 0x00112023) return LinkUse::kStored;  // sd ra, n(sp), sw ra, n(sp)
  const std::uint32_t load = word & 0x000fffff;
  const bool is_load = load == 0x00013083 || load == 0x00012083;  // ld ra, n(sp), lw ra, n(sp)
  if (is_load || word == 0x00008067) return LinkUse::kRestored;   // ret
  return ClassifyCompressed(word >> 16);
}

constexpr PrologueRules kPrologue = {.step_bytes = 2, .classify = Classify};

StepResult CallerByRa(const StepInput& input) {
  const std::optional<std::uint64_t> link = input.callee.registers.Get(kRiscvRa);
  if (!link || !IsExact(input.callee)) return StepResult::NoCaller();
  if (ReturnAddressInRecord(input, kRecordBelow) == link) return StepResult::NoCaller();
  if (HasStoredLink(input, kPrologue)) return StepResult::NoCaller();
  return CallerByLinkRegister(input);
}

StepResult CallerByS0(const StepInput& input) {
  const StepResult below = CallerByFrameRecord(input, kRecordBelow);
  return below.kind == StepResult::Kind::kNoCaller ? CallerByFrameRecord(input, kRecordAt) : below;
}

// Only functions with frame pointers put s0 right below ra.
void CompleteScan(const StepInput& input, std::uint64_t slot, std::uint32_t /*index*/,
                  model::Registers& caller) {
  if (const auto s0 = FramePointerAtSlot(input, kRecordBelow, slot)) caller.Set(kRiscvS0, *s0);
}

// The RISC-V Instruction Set Manual, volume I: RV32I and "C". Links go to x1, or to x5 from millicode.
bool IsLongCall(std::uint32_t word) {
  const std::uint32_t operation = word & 0x7f;
  const std::uint32_t link = word >> 7 & 0x1f;
  const bool is_jal = operation == 0x6f;
  const bool is_jalr = operation == 0x67 && (word & 0x7000) == 0;
  return (is_jal || is_jalr) && (link == 1 || link == 5);
}

bool IsCompressedJalr(std::uint32_t halfword) {
  return (halfword & 0xf07f) == 0x9002 && (halfword & 0x0f80) != 0;
}

bool IsCompressedJal(std::uint32_t halfword) { return (halfword & 0xe003) == 0x2001; }

// The last four bytes, or nothing.
std::optional<std::uint32_t> LastWord(base::Bytes code) {
  if (code.size() < sizeof(std::uint32_t)) return std::nullopt;
  return base::ByteReader(code.last(sizeof(std::uint32_t))).Read<std::uint32_t>();
}

constexpr StepMethod kTables[] = {CallerByCfi};
constexpr StepMethod kGuesses[] = {CallerByRa, CallerByS0, CallerByScan};

}  // namespace

bool EndsWithRiscv64Call(base::Bytes code) {
  const std::optional<std::uint32_t> word = LastWord(code);
  return word && (IsLongCall(*word) || IsCompressedJalr(*word >> 16));
}

bool EndsWithRiscvCall(base::Bytes code) {
  const std::optional<std::uint32_t> word = LastWord(code);
  return EndsWithRiscv64Call(code) || (word && IsCompressedJal(*word >> 16));
}

constinit const CpuRules kRiscvRules = {.cpu = model::Cpu::kRiscv,
                                        .call_bytes_back = kShortestCallBytes,
                                        .is_code_address = IsCodeAddress32,
                                        .ends_with_call = EndsWithRiscvCall,
                                        .by_table = kTables,
                                        .by_guess = kGuesses,
                                        .complete_scan = CompleteScan,
                                        .scan = {.words_where_mapped = 160}};

constinit const CpuRules kRiscv64Rules = {.cpu = model::Cpu::kRiscv64,
                                          .call_bytes_back = kShortestCallBytes,
                                          .is_code_address = IsCodeAddress64,
                                          .ends_with_call = EndsWithRiscv64Call,
                                          .by_table = kTables,
                                          .by_guess = kGuesses,
                                          .complete_scan = CompleteScan,
                                          .scan = {.words_where_mapped = 160}};

}  // namespace cairn::unwind
