// SignatureInput is all that the signature rules read of a crash: the same input always gives the same
// signature.
//
// It is the "crash data" of the reference generator (docs/GLOSSARY.md, signature), in its own types. The
// command line makes it from JSON, the pipeline from a CrashReport. It owns its text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/crash_report.h"

namespace cairn::signature {

// Frames of a thread that are looked at, inlines counted as frames.
inline constexpr std::size_t kMaxSignatureFrames = 40;

// Bytes that are read of an annotation; longer ones would be cut in the end.
inline constexpr std::size_t kMaxAnnotationBytes = 4 << 10;

// A function that was inlined into the frame that holds it. Empty or zero fields are unknown.
struct SignatureInline {
  std::string function;
  std::string file;
  std::uint32_t line = 0;
};

struct SignatureFrame {
  std::string module;  // Base name: "libfoo.so".
  std::string function;
  std::string file;  // As the symbols have it, often "hg:server/repository:path:revision".
  std::uint32_t line = 0;
  std::string offset;  // The instruction's address in hex, for frames of which nothing else is known.
  std::string unloaded_module;           // The first unloaded module that had covered the address.
  std::string debug_id;                  // Of the module. The signature does not ask; groups do (group.h).
  std::uint64_t module_offset = 0;       // Of the instruction in the module, if there is one.
  std::vector<SignatureInline> inlines;  // Innermost first.
};

struct SignatureThread {
  std::vector<SignatureFrame> frames;  // Innermost first.
  std::string last_error_value;        // Windows: the name of GetLastError()'s value.
};

struct JavaFrame {
  std::string module;
  std::string function;
  std::string file;
};

// What the rules read of a structured exception ("java_exception" of crash data).
struct JavaException {
  bool has_stack = false;  // Else it is not in the form that is known.
  std::string module;
  std::string type;
  std::optional<JavaFrame> frame;  // The one that threw.
};

struct SignatureInput {
  std::string os;      // model::OsName: "Linux", "Windows NT", "Mac OS X".
  std::string reason;  // "SIGSEGV / SEGV_MAPERR".
  // Index into threads; one that is not there means no frames. A negative one counts from the end, as in the
  // reference.
  std::int64_t crashing_thread = 0;
  std::vector<SignatureThread> threads;

  // A crash in Java is signed by these, and its threads are not looked at. Empty: it is none.
  std::string java_stack_trace;
  std::optional<JavaException> java_exception;

  // What the rules around the stack read of the annotations; empty means that the crash does not have it.
  std::optional<std::uint64_t> oom_allocation_size;  // Bytes that could not be allocated; 0: none failed.
  std::string js_large_allocation_failure;
  std::string abort_message;
  std::optional<std::string> hang;     // "ui", "content"; present and empty is a hang too.
  std::string walk_status;             // Why the stack walk failed.
  std::string async_shutdown_timeout;  // JSON: the phase that did not end, and what it waited for.
  std::string ipc_channel_error;
  std::string ipc_message_name;
  std::vector<std::string> additional_minidumps;

  // Other annotations by name, for custom rules: those that CustomRules::annotations() names.
  std::map<std::string, std::string, std::less<>> annotations;
};

// The input that a walked report gives, before the annotations of its submission. Only threads that a rule
// can ask for (the crashing one and the first) have frames.
SignatureInput SignatureInputOf(const model::CrashReport& report);

}  // namespace cairn::signature
