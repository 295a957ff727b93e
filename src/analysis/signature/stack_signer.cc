#include "analysis/signature/stack_signer.h"

#include <algorithm>
#include <utility>

#include "analysis/signature/java_signature.h"
#include "analysis/signature/unicode.h"

namespace cairn::signature {
namespace {

constexpr std::string_view kRule = "SignatureGenerationRule: ";
constexpr std::string_view kSeparator = " | ";
// A process that signs one dump has no use for two megabytes.
constexpr std::uint32_t kSignedBeforeCache = 20;
// Of a module's name, of which file systems have 255 bytes, and of an address.
constexpr std::size_t kMaxModuleBytes = 1024;

bool EndsWithIgnoringCase(std::string_view text, std::string_view small_end) {
  if (text.size() < small_end.size()) return false;
  text.remove_prefix(text.size() - small_end.size());
  return std::ranges::equal(text, small_end, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
  });
}

// Names of a module or of nothing, of which a second one in a row says no more.
bool IsPlaceholder(std::string_view frame) {
  return !frame.starts_with("(unloaded") &&
         (EndsWithIgnoringCase(frame, ".dll") || EndsWithIgnoringCase(frame, ".so") || frame == "XUL" ||
          frame == "<name omitted>" || frame.starts_with("<unknown in"));
}

std::string_view ShortOf(std::string_view text) { return text.substr(0, kMaxModuleBytes); }

// Takes up to `left` bytes.
std::string_view Cut(std::string_view text, std::size_t& left, bool& was_cut) {
  if (text.size() > left) {
    was_cut = true;
    text = text.substr(0, left);
  }
  left -= text.size();
  return text;
}

std::optional<ListLine> LineOf(const SignatureLists& lists, ListKind kind, std::string_view frame) {
  const ListLine* const line = lists.Find(kind, frame);
  return line == nullptr ? std::nullopt : std::optional(*line);
}

void TakeJavaSignature(JavaSignature java, model::Signature& signature) {
  for (std::string& note : java.notes) signature.notes.push_back(std::string(kRule) + note);
  signature.text = std::move(java.text);
}

}  // namespace

const SignatureThread* ThreadAt(const SignatureInput& input, std::int64_t index) {
  const auto count = static_cast<std::int64_t>(input.threads.size());
  if (index < 0) index += count;
  return index < 0 || index >= count ? nullptr : &input.threads[static_cast<std::size_t>(index)];
}

StackSigner::StackSigner(const SignatureLists& lists, const CustomRules* custom)
    : lists_(lists), custom_(custom), normalizer_(lists), matcher_(lists.patterns()) {}

void StackSigner::Sign(const SignatureInput& input, std::int64_t thread_index, model::Signature& signature,
                       std::vector<ExplainedFrame>* frames) {
  slots_.clear();
  applied_.clear();
  rules_.clear();
  under_ = nullptr;
  was_cut_ = false;
  if (frames != nullptr) frames->clear();
  if (!input.java_stack_trace.empty()) {
    return TakeJavaSignature(SignJavaStackTrace(input.java_stack_trace), signature);
  }
  if (input.java_exception) return TakeJavaSignature(SignJavaException(*input.java_exception), signature);

  if (const SignatureThread* const thread = ThreadAt(input, thread_index)) {
    NormalizeThread(input, *thread, signature);
  }
  AssignRoles();
  std::string text;
  for (const Slot& slot : slots_) {
    if (slot.role != FrameRole::kPrefix && slot.role != FrameRole::kLast) continue;
    if (!text.empty()) text.append(kSeparator);
    text.append(slot.name);
  }
  if (text.empty()) {
    signature.notes.push_back(std::string(kRule) + "CSignatureTool: no frame data for crashing thread (" +
                              std::to_string(thread_index) + ")");
    // A thread of which all is irrelevant still differs from a thread of which nothing is known.
    const auto first =
        std::ranges::find_if(slots_, [](const Slot& slot) { return slot.role != FrameRole::kAboveSentinel; });
    text = first == slots_.end() ? "EMPTY: no frame data available" : first->name;
  }
  if (under_ != nullptr) text = under_->to;
  if (!text.empty()) signature.text = std::move(text);
  if (was_cut_) {
    signature.notes.push_back(std::string(kRule) + "frames have more than 128 KiB of text, and were cut");
  }
  if (frames != nullptr) Explain(signature.proto, *frames);
}

// The normalised frames of a thread, each inlined function before the one that holds it.
void StackSigner::NormalizeThread(const SignatureInput& input, const SignatureThread& thread,
                                  model::Signature& signature) {
  if (thread.frames.empty()) return;
  std::string proto;
  proto.reserve(1024);
  text_left_ = kMaxStackTextBytes;
  if (custom_ != nullptr) custom_->Select(input.annotations, rules_);
  if (cache_ == nullptr && ++signed_ > kSignedBeforeCache) cache_ = std::make_unique<NameCache>();
  const bool is_windows = input.os == "Windows NT";
  const auto add = [&](NormalizerFrame&& frame) {
    frame.function = Cut(frame.function, text_left_, was_cut_);
    frame.file = Cut(frame.file, text_left_, was_cut_);
    frame.function = CompleteRustFunction(frame.file, frame.function);
    const std::size_t slot = slots_.size();
    AddFrame(frame, proto);
    if (!rules_.empty()) {
      ApplyCustomRules(frame, slot, std::string_view(proto).substr(slots_[slot].begin));
    }
    return slots_.size() < kMaxSignatureFrames;
  };
  const auto add_with_inlines = [&](const SignatureFrame& frame) {
    std::string_view module = Cut(ShortOf(frame.module), text_left_, was_cut_);
    if (is_windows) {
      // Windows does not tell USER32.dll from user32.dll, and both are seen.
      module_.clear();
      AppendLowerCase(module, module_);
      module = module_;
    }
    for (const SignatureInline& inlined : frame.inlines) {
      const bool more = add({.module = module,
                             .function = inlined.function,
                             .file = inlined.file,
                             .line = inlined.line,
                             .offset = ShortOf(frame.offset),
                             .unloaded_module = {}});
      if (!more) return false;
    }
    return add({.module = module,
                .function = frame.function,
                .file = frame.file,
                .line = frame.line,
                .offset = ShortOf(frame.offset),
                .unloaded_module = ShortOf(frame.unloaded_module)});
  };
  for (std::size_t i = 0; i < thread.frames.size(); ++i) {
    // Frames are made long before they are signed: most of the time is waiting for their text.
    if (i + 2 < thread.frames.size()) __builtin_prefetch(thread.frames[i + 2].function.data());
    if (!add_with_inlines(thread.frames[i])) break;
  }
  signature.proto = std::move(proto);
  // The text has its place now.
  const std::string_view all = signature.proto;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (!slots_[i].is_renamed) slots_[i].name = NormalizedName(i, all);
  }
}

std::string_view StackSigner::NormalizedName(std::size_t slot, std::string_view proto) const {
  const std::size_t begin = slots_[slot].begin;
  const std::size_t end =
      slot + 1 < slots_.size() ? slots_[slot + 1].begin - kSeparator.size() : proto.size();
  return proto.substr(begin, end - begin);
}

void StackSigner::AddFrame(const NormalizerFrame& frame, std::string& proto) {
  if (!slots_.empty()) proto.append(kSeparator);
  Slot& slot = slots_.emplace_back();
  slot.begin = proto.size();
  if (cache_ == nullptr || frame.function.empty()) {
    normalizer_.Append(frame, proto);
  } else {
    AddFunction(frame, proto, slot);
  }
}

void StackSigner::AddFunction(const NormalizerFrame& frame, std::string& proto, Slot& slot) {
  const bool is_rust = IsRustFile(frame.file);
  slot.entry = cache_->Find(frame.function, is_rust);
  if (slot.entry != nullptr) {
    proto.append(slot.entry->Normalized());
  } else if (normalizer_.AppendFunction(frame.function, is_rust, frame.line, proto)) {
    slot.entry = cache_->Offer(frame.function, is_rust, std::string_view(proto).substr(slot.begin));
  } else {
    return;  // A name with a line number is another one each time.
  }
  if (slot.entry != nullptr) slot.fill = slot.entry->fill;
}

void StackSigner::ApplyCustomRules(const NormalizerFrame& frame, std::size_t slot,
                                   std::string_view normalized) {
  applied_.resize(slot + 1);
  const std::string_view path = ParseSourceFile(frame.file);
  CustomFrame seen{frame.module, normalized, path.empty() ? frame.file : path};
  for (const CustomRule* const rule : rules_) {
    if (!rule->Matches(seen)) continue;
    applied_[slot].push_back(rule);
    switch (rule->effect) {
      case CustomEffect::kRename:
        slots_[slot].name = rule->to;
        slots_[slot].is_renamed = true;
        seen.function = rule->to;
        break;
      case CustomEffect::kGroupUnder:
        if (under_ == nullptr) under_ = rule;
        break;
      default: slots_[slot].effect = rule->effect; return;  // The first row that decides.
    }
  }
}

// Decides each frame's role; the frames that are kPrefix and kLast are the signature.
void StackSigner::AssignRoles() {
  auto slot = std::ranges::find_if(slots_, [&](const Slot& s) {
    return s.effect ? s.effect == CustomEffect::kSentinel : lists_.IsSentinel(s.name);
  });
  if (slot == slots_.end()) {
    slot = slots_.begin();
  } else {
    std::for_each(slots_.begin(), slot, [](Slot& above) { above.role = FrameRole::kAboveSentinel; });
  }
  const std::string_view* last = nullptr;
  for (; slot != slots_.end(); ++slot) {
    slot->role = RoleOf(*slot, last);
    if (slot->role == FrameRole::kPrefix) last = &slot->name;
    if (slot->role == FrameRole::kLast) return;
  }
}

FrameRole StackSigner::RoleOf(const Slot& slot, const std::string_view* last) {
  if (slot.name.empty()) return FrameRole::kEmpty;
  if (slot.effect == CustomEffect::kSkip) return FrameRole::kIrrelevant;
  std::uint8_t tags = 0;
  if (!slot.effect || slot.effect == CustomEffect::kSentinel) {
    tags = TagsOf(slot);
    if ((tags & SignatureLists::kIrrelevantTag) != 0 && !slot.effect) return FrameRole::kIrrelevant;
  }
  if (last != nullptr && *last == slot.name && IsPlaceholder(slot.name)) return FrameRole::kRepeated;
  const bool goes_on = slot.effect == CustomEffect::kPrefix || (tags & SignatureLists::kPrefixTag) != 0;
  return goes_on && slot.effect != CustomEffect::kStop ? FrameRole::kPrefix : FrameRole::kLast;
}

std::uint8_t StackSigner::TagsOf(const Slot& slot) {
  const bool is_remembered = slot.entry != nullptr && slot.entry->fill == slot.fill && !slot.is_renamed;
  if (is_remembered && slot.entry->has_tags) return slot.entry->tags;
  const std::uint8_t tags = matcher_.TagsAtStart(slot.name) | lists_.OtherTags(slot.name);
  if (is_remembered) {
    slot.entry->tags = tags;
    slot.entry->has_tags = true;
  }
  return tags;
}

void StackSigner::Explain(std::string_view proto, std::vector<ExplainedFrame>& frames) const {
  bool begins_here = true;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    ExplainedFrame frame{.role = slot.role};
    const bool has_rules = i < applied_.size();
    frame.normalized = NormalizedName(i, proto);
    if (slot.is_renamed) frame.renamed = slot.name;
    if (!slot.effect && slot.role == FrameRole::kIrrelevant) {
      frame.line = LineOf(lists_, ListKind::kIrrelevant, slot.name);
    } else if (!slot.effect && slot.role == FrameRole::kPrefix) {
      frame.line = LineOf(lists_, ListKind::kPrefix, slot.name);
    }
    if (slot.role != FrameRole::kAboveSentinel && std::exchange(begins_here, false) && !slot.effect) {
      frame.sentinel = LineOf(lists_, ListKind::kSentinel, slot.name);
    }
    if (has_rules) {
      for (const CustomRule* const rule : applied_[i]) {
        frame.custom.push_back({rule->name, CustomEffectName(rule->effect), rule->line});
      }
    }
    frames.push_back(std::move(frame));
  }
}

}  // namespace cairn::signature
