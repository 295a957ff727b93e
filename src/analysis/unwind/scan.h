// The caller by a scan of the stack: the first word that can be a return address.
#pragma once

#include <cstdint>

#include "analysis/unwind/step.h"

namespace cairn::unwind {

// Words that scans of one thread may look at. Real scans find something after a few words each.
inline constexpr std::uint32_t kMaxScannedWordsPerThread = 1u << 15;

struct ReturnAddressVerdict {
  // kCaller: `address` can be one. kNoCaller: it cannot. kNeedSymbols: ask again.
  StepResult::Kind kind = StepResult::Kind::kNoCaller;
  std::uint32_t module = 0;   // Of kNeedSymbols.
  std::uint64_t address = 0;  // The code address that the word stands for.
  bool follows_call = false;  // A call is known to stand before it.
  // Of kNoCaller: a module holds the address, and only what walkers seldom look at speaks against it.
  bool is_decoy = false;
};

// Whether a call can stand right before where `word` points. It must point into code: into an executable
// mapping where mappings are known, else into a module; into a function where the module's symbols can tell;
// and behind a call where the bytes of the code are known. Code in no module, made at run time, is believed
// only if those bytes are known or the system was told of its unwind table.
ReturnAddressVerdict JudgeReturnAddress(const StepInput& input, std::uint64_t word);

// As far as Breakpad looks: 160 words from the context's frame, 40 from others, unless the CPU's rules say
// otherwise; and as far behind a word that it would have taken for a frame.
StepResult CallerByScan(const StepInput& input);

// The same from `start` on, at most `words` words; `trust` is given to what is found.
struct ScanRange {
  std::uint64_t start = 0;
  std::uint32_t words = 0;
  std::uint32_t words_behind_decoy = 0;  // Looked at behind each decoy, if `words` ends before.
  model::Trust trust = model::Trust::kScan;
};
StepResult CallerByScanOf(const StepInput& input, const ScanRange& range);

}  // namespace cairn::unwind
