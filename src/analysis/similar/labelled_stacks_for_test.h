// Made-up duplicates (testing/noisy_stacks.h) as what signatures are made of.
#pragma once

#include <string>
#include <vector>

#include "analysis/similar/duplicate_report.h"

namespace cairn::similar {

// Of testing::NoisyStack. A template because only tests may include src/testing, and this header is none.
template <typename NoisyStack>
std::vector<LabelledStack> LabelledStacks(const std::vector<NoisyStack>& stacks) {
  std::vector<LabelledStack> labelled;
  for (const NoisyStack& stack : stacks) {
    LabelledStack& made = labelled.emplace_back();
    made.bug = stack.bug;
    made.input.os = "Linux";
    std::vector<signature::SignatureFrame>& frames = made.input.threads.emplace_back().frames;
    for (const auto& frame : stack.frames) {
      frames.push_back({.module = frame.module,
                        .function = frame.function,
                        .debug_id = frame.debug_id,
                        .module_offset = frame.module_offset});
      for (const std::string& inlined : frame.inlines) frames.back().inlines.push_back({.function = inlined});
    }
  }
  return labelled;
}

}  // namespace cairn::similar
