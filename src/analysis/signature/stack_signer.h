// StackSigner makes the signature of a stack alone, before the rules around it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/custom_rules.h"
#include "analysis/signature/explanation.h"
#include "analysis/signature/lists.h"
#include "analysis/signature/name_cache.h"
#include "analysis/signature/normalize.h"
#include "analysis/signature/pattern_matcher.h"
#include "analysis/signature/signature_input.h"
#include "model/crash_report.h"

namespace cairn::signature {

// Bytes of a thread's names, files and modules that are read: the work for one signature has an end, whatever
// the symbols say. The longest forty frames seen, of template metaprogramming, have some 40 KiB.
inline constexpr std::size_t kMaxStackTextBytes = 128 << 10;

// The thread at an index, which may count from the end; nullptr if it is not there.
const SignatureThread* ThreadAt(const SignatureInput& input, std::int64_t index);

class StackSigner {
 public:
  // Borrows both; without custom rules the second is nullptr.
  StackSigner(const SignatureLists& lists, const CustomRules* custom);

  // Signs what crashed: Java, or else the frames of this thread. What is not known leaves the text and proto
  // of `signature` as they are, and adds a note. `frames`, which may be nullptr, tells what became of each
  // frame.
  void Sign(const SignatureInput& input, std::int64_t thread, model::Signature& signature,
            std::vector<ExplainedFrame>* frames);

  std::uint64_t states_made() const { return matcher_.states_made(); }

 private:
  struct Slot {
    std::size_t begin = 0;  // In the proto signature.
    std::string_view name;  // There, or what custom rules made of it.
    FrameRole role = FrameRole::kNotReached;
    bool is_renamed = false;
    std::optional<CustomEffect> effect;  // That of a custom rule, which goes before the lists.
    NameCache::Entry* entry = nullptr;   // Where its function is remembered,
    std::uint32_t fill = 0;              // as long as this is the entry's fill.
  };

  void NormalizeThread(const SignatureInput& input, const SignatureThread& thread,
                       model::Signature& signature);
  void AddFrame(const NormalizerFrame& frame, std::string& proto);
  void AddFunction(const NormalizerFrame& frame, std::string& proto, Slot& slot);
  std::uint8_t TagsOf(const Slot& slot);
  void ApplyCustomRules(const NormalizerFrame& frame, std::size_t slot, std::string_view normalized);
  std::string_view NormalizedName(std::size_t slot, std::string_view proto) const;
  void AssignRoles();
  FrameRole RoleOf(const Slot& slot, const std::string_view* last);
  void Explain(std::string_view proto, std::vector<ExplainedFrame>& frames) const;

  const SignatureLists& lists_;
  const CustomRules* custom_;
  Normalizer normalizer_;
  PatternMatcher matcher_;
  // Made when so many signatures were that it is worth its memory.
  std::unique_ptr<NameCache> cache_;
  std::uint32_t signed_ = 0;

  // Of the signature that is being made; here only to keep their memory.
  std::vector<Slot> slots_;
  std::string module_;
  std::size_t text_left_ = 0;
  bool was_cut_ = false;
  std::vector<const CustomRule*> rules_;  // The custom rules that this crash's annotations allow.
  std::vector<std::vector<const CustomRule*>> applied_;  // Of each slot, if there are custom rules.
  const CustomRule* under_ = nullptr;                    // The rule that groups the crash.
};

}  // namespace cairn::signature
