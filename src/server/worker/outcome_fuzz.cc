// Any text as what a worker found: it is not trusted, and what is read keeps its bounds.
#include "server/worker/outcome.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto outcome = worker::ReadOutcome(text);
  (void)worker::ReadNamedStack(text);
  if (!outcome) return 0;
  if (outcome->stack.size() > worker::kMaxOutcomeFrames || outcome->notes.size() > worker::kMaxOutcomeNotes ||
      outcome->signature.size() > worker::kMaxOutcomeTextBytes) {
    std::abort();
  }
  for (const auto* const frames : {&outcome->stack, &outcome->other_frames}) {
    for (const worker::OutcomeFrame& frame : *frames) {
      if (frame.names.size() > worker::kMaxOutcomeNames) std::abort();
    }
  }
  if (outcome->other_threads.size() > worker::kMaxOutcomeThreads) std::abort();
  std::size_t frames = 0;
  for (const std::vector<std::uint32_t>& thread : outcome->other_threads) {
    frames += thread.size();
    if (frames > worker::kMaxOutcomeOtherFrames) std::abort();
    if (thread.size() > worker::kMaxOutcomeFrames) std::abort();
    for (const std::uint32_t index : thread) {
      if (index >= outcome->other_frames.size()) std::abort();
    }
  }
  return 0;
}
