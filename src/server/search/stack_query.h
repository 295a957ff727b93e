// StackClause is a question about the stacks of a crash: which frames, in which order, how far apart.
//
// Frames are those that a person sees: a call that was inlined is a frame of its own, innermost first. An
// address without names is one frame, known by its module and offset alone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cairn::search {

inline constexpr std::size_t kMaxStackSteps = 16;
inline constexpr std::size_t kMaxStackClauses = 8;

// Whose stacks are looked at.
enum class ThreadScope : std::uint8_t { kAnyThread, kCrashingThread };

enum class FramePart : std::uint8_t {
  kFunction,  // Its whole name.
  kInlined,   // Likewise, and the call was inlined.
  kModule,    // Base name of the code file; letter case aside.
  kFile,      // Of the source, as the symbols name it.
  kOffset,    // Within the module, at which the frame is.
};

enum class FrameOperator : std::uint8_t {
  kEquals,
  kContains,
  kRegex,  // RE2, over the whole text.
};

struct FrameTest {
  FramePart part = FramePart::kFunction;
  FrameOperator op = FrameOperator::kEquals;
  std::string text;          // UTF-8.
  std::uint64_t offset = 0;  // For kOffset, in place of the text.

  friend bool operator==(const FrameTest&, const FrameTest&) = default;
};

// One frame that the stack must have, behind the one of the step before.
struct StackStep {
  std::vector<FrameTest> tests;  // All must hold, of one frame. Not empty.
  // How many frames may lie between this one and the one before; nothing: any number. Of the first step it
  // says nothing: a stack may begin with anything.
  std::optional<std::uint32_t> gap_max = 0;

  friend bool operator==(const StackStep&, const StackStep&) = default;
};

// "A stack of the crash has these frames"; from the innermost outwards.
struct StackClause {
  ThreadScope scope = ThreadScope::kAnyThread;
  bool negated = false;          // No stack of the crash has them.
  std::vector<StackStep> steps;  // Not empty.

  friend bool operator==(const StackClause&, const StackClause&) = default;
};

}  // namespace cairn::search
