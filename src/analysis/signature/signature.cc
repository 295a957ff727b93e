#include "analysis/signature/signature.h"

#include <algorithm>
#include <utility>

#include "analysis/signature/normalize.h"
#include "analysis/signature/rules.h"

namespace cairn::signature {
namespace {

std::string LowerCase(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  });
  return text;
}

// The normalised frames of a thread, each inlined function before the one that holds it.
std::vector<ExplainedFrame> NormalizeThread(const SignatureThread& thread, bool windows,
                                            const SignatureLists& lists) {
  std::vector<ExplainedFrame> frames;
  const auto add = [&](NormalizerFrame frame) {
    frame.function = CompleteRustFunction(frame.file, frame.function);
    frames.push_back({.normalized = NormalizeFrame(frame, lists)});
    return frames.size() < kMaxSignatureFrames;
  };
  for (const SignatureFrame& frame : thread.frames) {
    // Windows does not tell USER32.dll from user32.dll, and both are seen.
    const std::string module = windows ? LowerCase(frame.module) : frame.module;
    for (const SignatureInline& inlined : frame.inlines) {
      const bool more = add({.module = module,
                             .function = inlined.function,
                             .file = inlined.file,
                             .line = inlined.line,
                             .offset = {},
                             .unloaded_module = {}});
      if (!more) return frames;
    }
    const bool more = add({.module = module,
                           .function = frame.function,
                           .file = frame.file,
                           .line = frame.line,
                           .offset = frame.offset,
                           .unloaded_module = frame.unloaded_module});
    if (!more) return frames;
  }
  return frames;
}

// Names of a module or of nothing, of which a second one in a row says no more.
bool IsPlaceholder(std::string_view frame) {
  return frame.find("(unloaded") == std::string_view::npos &&
         (frame.ends_with(".dll") || frame.ends_with(".so") || frame == "XUL" || frame == "<name omitted>" ||
          frame.starts_with("<unknown in"));
}

// Decides each frame's role; the frames that are kPrefix and kLast are the signature.
void AssignRoles(std::vector<ExplainedFrame>& frames, const SignatureLists& lists) {
  auto frame = std::ranges::find_if(frames, [&](const auto& f) { return lists.IsSentinel(f.normalized); });
  if (frame == frames.end()) {
    frame = frames.begin();
  } else {
    std::for_each(frames.begin(), frame, [](auto& above) { above.role = FrameRole::kAboveSentinel; });
  }
  const std::string* last = nullptr;
  for (; frame != frames.end(); ++frame) {
    const std::string& name = frame->normalized;
    if (name.empty()) {
      frame->role = FrameRole::kEmpty;
    } else if (lists.IsIrrelevant(name)) {
      frame->role = FrameRole::kIrrelevant;
    } else if (last != nullptr && *last == name && IsPlaceholder(name)) {
      frame->role = FrameRole::kRepeated;
    } else {
      last = &name;
      frame->role = lists.IsPrefix(name) ? FrameRole::kPrefix : FrameRole::kLast;
      if (frame->role == FrameRole::kLast) return;
    }
  }
}

template <typename Keep>
std::string Join(const std::vector<ExplainedFrame>& frames, Keep keep) {
  std::string joined;
  bool first = true;
  for (const ExplainedFrame& frame : frames) {
    if (!keep(frame)) continue;
    if (!std::exchange(first, false)) joined += " | ";
    joined += frame.normalized;
  }
  return joined;
}

bool IsInSignature(const ExplainedFrame& frame) {
  return frame.role == FrameRole::kPrefix || frame.role == FrameRole::kLast;
}

}  // namespace

ExplainedSignature SignThread(const SignatureInput& input, std::int64_t thread, const SignatureLists& lists,
                              std::string_view rule) {
  ExplainedSignature result;
  if (thread >= 0 && std::cmp_less(thread, input.threads.size())) {
    const SignatureThread& crashing = input.threads[static_cast<std::size_t>(thread)];
    result.frames = NormalizeThread(crashing, input.os == "Windows NT", lists);
  }
  AssignRoles(result.frames, lists);
  model::Signature& signature = result.signature;
  signature.proto = Join(result.frames, [](const ExplainedFrame&) { return true; });
  signature.text = Join(result.frames, IsInSignature);
  if (std::ranges::none_of(result.frames, IsInSignature)) {
    signature.notes.push_back(std::string(rule) + ": CSignatureTool: no frame data for crashing thread (" +
                              std::to_string(thread) + ")");
    // A thread of which all is irrelevant still differs from a thread of which nothing is known.
    const auto first = std::ranges::find_if(
        result.frames, [](const auto& frame) { return frame.role != FrameRole::kAboveSentinel; });
    signature.text = first == result.frames.end() ? "EMPTY: no frame data available" : first->normalized;
  }
  return result;
}

ExplainedSignature ExplainSignature(const SignatureInput& input, const SignatureLists& lists) {
  ExplainedSignature result = SignThread(input, input.crashing_thread, lists, "SignatureGenerationRule");
  ApplyRules(input, lists, result);
  return result;
}

model::Signature MakeSignature(const SignatureInput& input, const SignatureLists& lists) {
  return ExplainSignature(input, lists).signature;
}

std::string_view FrameRoleName(FrameRole role) {
  switch (role) {
    case FrameRole::kAboveSentinel: return "above_sentinel";
    case FrameRole::kEmpty: return "empty";
    case FrameRole::kIrrelevant: return "irrelevant";
    case FrameRole::kRepeated: return "repeated";
    case FrameRole::kPrefix: return "prefix";
    case FrameRole::kLast: return "last";
    case FrameRole::kNotReached: return "not_reached";
  }
  return "unknown";
}

}  // namespace cairn::signature
