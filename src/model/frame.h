// Frames and threads: what a stack walk finds.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/address.h"
#include "model/registers.h"

namespace cairn::model {

// How a frame was found, best last. The names in JSON are rust-minidump's (TrustName), and "leaf": the return
// address of a function that calls nothing, from the link register or the top of the stack.
enum class Trust : std::uint8_t { kNone, kScan, kCfiScan, kLeaf, kFramePointer, kCfi, kPrewalked, kContext };

std::string_view TrustName(Trust trust);

// A place in source. Empty or zero fields are unknown.
struct SourceLocation {
  std::string function;
  std::string file;
  std::uint32_t line = 0;
};

// Where a frame's address lies in a module that was unloaded before the crash.
struct UnloadedOffset {
  std::uint32_t module = 0;  // Index into CrashReport::unloaded_modules.
  ModuleOffset offset;
};

// What a function may have been called with: a guess.
struct Argument {
  std::string type;                    // As the function's name has it, or "this".
  std::optional<std::uint64_t> value;  // Nothing: it is not where it could be read.
};

struct Frame {
  // Where the frame stands. For a caller it is the last byte of the call (return address minus 1 on amd64),
  // because the return address itself may belong to the next line or function.
  ProcessAddress instruction;
  // The exact address at which execution goes on. Equal to `instruction` in the context frame, in a frame
  // that a signal interrupted, and in the signal's trampoline.
  ProcessAddress resume_address;
  Trust trust = Trust::kNone;
  std::optional<std::uint32_t> module;           // Index into CrashReport::modules.
  std::vector<UnloadedOffset> unloaded_modules;  // Only of a frame without a module; by module.

  // Filled by symbolize. function empty: no name is known.
  SourceLocation location;                       // Of the outer, physical function.
  std::optional<std::uint64_t> function_offset;  // instruction minus the function's start.
  std::vector<SourceLocation>
      inlines;                   // Innermost first; each was inlined into the next, the last into `location`.
  bool missing_symbols = false;  // The module's symbols were asked for and are not there.

  std::vector<Argument> arguments;  // Only where they were asked for.

  Registers registers;  // What is known of the registers in this frame.
};

struct Thread {
  std::uint32_t id = 0;
  std::string name;
  std::vector<Frame> frames;  // Innermost first. Empty when the thread had no readable context.
  std::string last_error;     // Windows: "ERROR_FILE_NOT_FOUND"; empty if it is not known.
  bool truncated = false;     // The walk stopped at a limit, not at the end of the stack.
};

}  // namespace cairn::model
