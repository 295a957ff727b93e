// Why a signature came out as it did: what became of each frame, and what each rule did.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/signature/lists.h"
#include "model/crash_report.h"

namespace cairn::signature {

// What became of a frame on the way to the signature.
enum class FrameRole : unsigned char {
  kAboveSentinel,  // A sentinel further out made the generator begin there.
  kEmpty,          // Nothing is known of it.
  kIrrelevant,
  kRepeated,  // The same module or placeholder as the frame before.
  kPrefix,    // In the signature, which goes on.
  kLast,      // In the signature, which ends here.
  kNotReached,
};
std::string_view FrameRoleName(FrameRole role);

// A custom rule that had a say, by its name and its line in the file of rules.
struct AppliedCustomRule {
  std::string name;
  std::string_view effect;  // A literal.
  std::uint32_t line = 0;
};

struct ExplainedFrame {
  std::string normalized;
  std::string renamed;  // What custom rules made of it; empty: nothing.
  FrameRole role = FrameRole::kNotReached;
  // The line of a list that made it so. None where no line did: kLast ends a signature because no line says
  // that it goes on.
  std::optional<ListLine> line;
  std::optional<ListLine> sentinel;  // The line that makes it one, if the signature begins here.
  std::vector<AppliedCustomRule> custom;
};

enum class RuleOutcome : unsigned char { kNotApplied, kApplied, kFailed };
std::string_view RuleOutcomeName(RuleOutcome outcome);

struct RuleStep {
  std::string_view rule;  // A literal: "OOMSignature".
  RuleOutcome outcome = RuleOutcome::kNotApplied;
  std::string signature;  // After it.
};

struct ExplainedSignature {
  model::Signature signature;
  // Of the thread that was signed last: the crashing one, or the main thread if a watchdog led there. None
  // for a crash in Java.
  std::vector<ExplainedFrame> frames;
  std::vector<RuleStep> steps;
};

}  // namespace cairn::signature
