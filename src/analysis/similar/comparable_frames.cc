#include "analysis/similar/comparable_frames.h"

#include <algorithm>
#include <utility>

#include "analysis/signature/group.h"
#include "analysis/signature/normalize.h"
#include "analysis/signature/stack_signer.h"

namespace cairn::similar {

std::vector<std::string> ComparableFrames(const signature::SignatureInput& input,
                                          const signature::SignatureLists& lists) {
  std::vector<std::string> frames;
  const signature::SignatureThread* const thread = signature::ThreadAt(input, input.crashing_thread);
  if (thread == nullptr) return frames;
  signature::Normalizer normalizer(lists);
  const auto add = [&](const signature::NormalizerFrame& frame) {
    std::string name;
    normalizer.Append(frame, name);
    if (name.empty() || lists.IsIrrelevant(name)) return;
    const std::size_t count = frames.size();
    if (count > 1 && frames[count - 1] == name && frames[count - 2] == name) return;
    frames.push_back(std::move(name));
  };
  const std::size_t count = std::min(thread->frames.size(), signature::kMaxSignatureFrames);
  for (std::size_t i = 0; i < count; ++i) {
    const signature::SignatureFrame& frame = thread->frames[i];
    for (const signature::SignatureInline& inlined : frame.inlines) {
      add({.function = inlined.function, .file = inlined.file, .line = inlined.line});
    }
    if (!frame.function.empty() || frame.module.empty()) {
      add({.function = frame.function, .file = frame.file, .offset = frame.offset});
    } else if (!signature::IsSystemModule(frame.module)) {
      frames.push_back(signature::PlaceOf(frame));
    }
  }
  return frames;
}

}  // namespace cairn::similar
