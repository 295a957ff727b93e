#include "analysis/unwind/mips.h"

#include <bit>

#include "analysis/unwind/cfi.h"
#include "analysis/unwind/link_register.h"
#include "analysis/unwind/scan.h"

namespace cairn::unwind {
namespace {

constexpr std::uint64_t kInstructionBytes = 4;
constexpr std::uint64_t kCallBytesBack = 2 * kInstructionBytes;

// As far as Breakpad looks, from every frame.
constexpr std::uint32_t kScanBytes = 1024;

// o32: the lowest four words of a frame are for the arguments of what it calls.
constexpr std::uint32_t kO32ArgumentWords = 4;

// microMIPS and MIPS16, whose addresses are odd, are not scanned for: no Android or Linux was made of them.
bool IsCodeAddress32(std::uint64_t address) {
  return address != 0 && address <= 0xffffffff && address % kInstructionBytes == 0;
}
bool IsCodeAddress64(std::uint64_t address) { return address != 0 && address % kInstructionBytes == 0; }

// MIPS Architecture For Programmers, volume II-A.
bool IsCall(std::uint32_t word) {
  const std::uint32_t operation = word >> 26;
  constexpr std::uint32_t kJal = 0x03;
  constexpr std::uint32_t kJalx = 0x1d;
  if (operation == kJal || operation == kJalx) return true;
  if ((word & 0xfc1f003f) == 0x00000009) return true;  // jalr, with any hint
  return (word & 0xfc1c0000) == 0x04100000;            // bltzal, bgezal (bal) and their likely forms
}

bool IsCompactCall(std::uint32_t word) {
  constexpr std::uint32_t kBalc = 0x3a;
  return word >> 26 == kBalc || (word & 0xffe00000) == 0xf8000000;  // balc, jialc
}

LinkUse ClassifyWord(std::uint32_t word) {
  const std::uint32_t any_offset = word & 0xffff0000;
  if (any_offset == 0xafbf0000 || any_offset == 0xffbf0000) return LinkUse::kStored;    // sw, sd $31, n($29)
  if (any_offset == 0x8fbf0000 || any_offset == 0xdfbf0000) return LinkUse::kRestored;  // lw, ld $31, n($29)
  // jr $31, and how release 6 has it.
  return word == 0x03e00008 || word == 0x03e00009 ? LinkUse::kRestored : LinkUse::kOther;
}

LinkUse Classify(base::Bytes last_four) {
  const LinkUse use = ClassifyWord(base::ByteReader(last_four, std::endian::little).Read<std::uint32_t>());
  if (use != LinkUse::kOther) return use;
  return ClassifyWord(base::ByteReader(last_four, std::endian::big).Read<std::uint32_t>());
}

constexpr PrologueRules kPrologue = {.step_bytes = kInstructionBytes, .classify = Classify};

StepResult CallerByRa(const StepInput& input) {
  return HasStoredLink(input, kPrologue) ? StepResult::NoCaller() : CallerByLinkRegister(input);
}

constexpr StepMethod kTables[] = {CallerByCfi};
constexpr StepMethod kGuesses[] = {CallerByRa, CallerByScan};

}  // namespace

bool EndsWithMipsCall(base::Bytes code) {
  if (code.size() < kCallBytesBack) return false;
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    base::ByteReader words(code.last(kCallBytesBack), order);
    const auto call = words.Read<std::uint32_t>();
    const auto delay_slot = words.Read<std::uint32_t>();
    if (IsCall(call) || IsCompactCall(delay_slot)) return true;
  }
  return false;
}

constinit const CpuRules kMipsRules = {.cpu = model::Cpu::kMips,
                                       .call_bytes_back = kCallBytesBack,
                                       .is_code_address = IsCodeAddress32,
                                       .ends_with_call = EndsWithMipsCall,
                                       .by_table = kTables,
                                       .by_guess = kGuesses,
                                       .scan = {.words_from_context = kScanBytes / 4,
                                                .words = kScanBytes / 4,
                                                .words_where_mapped = kScanBytes / 4,
                                                .skipped_words = kO32ArgumentWords}};

constinit const CpuRules kMips64Rules = {
    .cpu = model::Cpu::kMips64,
    .call_bytes_back = kCallBytesBack,
    .is_code_address = IsCodeAddress64,
    .ends_with_call = EndsWithMipsCall,
    .by_table = kTables,
    .by_guess = kGuesses,
    .scan = {
        .words_from_context = kScanBytes / 8, .words = kScanBytes / 8, .words_where_mapped = kScanBytes / 8}};

}  // namespace cairn::unwind
