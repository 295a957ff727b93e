// CrashOutcome is what a worker found in a dump or a ping, and its form on the way to the server: two parts
// (parts.h), what was found and the whole report, each a JSON object.
//
// The worker writes it from a model::CrashReport; the server reads it as untrusted text, bounded and checked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/crash_report.h"

namespace cairn::worker {

inline constexpr std::size_t kMaxOutcomeBytes = 64 << 20;      // Firefox with 200 threads comes to 6 MB.
inline constexpr std::size_t kMaxOutcomeTextBytes = 64 << 10;  // A name of a template; a longer one is cut.
inline constexpr std::size_t kMaxOutcomeNames = 129;           // Of a frame: 128 inlines and the function.
inline constexpr std::size_t kMaxOutcomeNotes = 100;
inline constexpr std::size_t kMaxOutcomeFrames = 1024;  // Of a thread, as the unwinder's limit.
// Of the other threads, as the limits of a dump's threads and of a report's frames.
inline constexpr std::size_t kMaxOutcomeThreads = 4096;
inline constexpr std::size_t kMaxOutcomeOtherFrames = 131'072;
// Of their texts, each as often as a thread has the frame: as the limit of a report's names.
inline constexpr std::size_t kMaxOutcomeOtherBytes = 64 << 20;

struct FrameName {
  std::string function;
  std::string file;
  std::uint32_t line = 0;
};

struct OutcomeFrame {
  std::string module;  // Base name.
  std::string debug_id;
  std::uint64_t module_offset = 0;  // Without a module, the address in the process.
  std::vector<FrameName> names;     // Innermost inline first.
};

struct MissingSymbols {
  std::string debug_file;  // Base names.
  std::string debug_id;
  std::string code_file;
  std::string code_id;
};

struct CrashOutcome {
  std::string signature;
  std::string proto_signature;
  std::vector<std::string> notes;
  std::string reason;
  std::string address;  // "0x0000000000000008"; empty if there is none.
  std::optional<std::uint32_t> crashing_thread;
  std::string os_name;
  std::string os_version;
  std::string cpu_arch;
  std::map<std::string, std::string> dump_annotations;
  std::vector<OutcomeFrame> stack;        // Of the crashing thread, innermost first.
  std::vector<OutcomeFrame> first_stack;  // Of the first thread, if the signature is made from that one.
  // The stacks of the other threads in the dump's order, as indices of frames, innermost first.
  // Threads wait in the same few places, so each frame is there once.
  std::vector<std::vector<std::uint32_t>> other_threads;
  std::vector<OutcomeFrame> other_frames;
  std::vector<MissingSymbols> missing_symbols;
  std::string json_dump;  // The whole report, in RenderJson's form.
};

// At most kMaxOutcomeTextBytes of a text, and no part of a character.
std::string CutOutcomeText(std::string_view text);

// What a report says of itself without a walk: reason, address, thread, system and annotations. All else is
// empty.
CrashOutcome FactsOf(const model::CrashReport& report);

enum class OtherThreads { kIncluded, kLeftOut };
std::string WriteOutcome(const model::CrashReport& report, OtherThreads others);
// Asks for everything that WriteOutcome writes.
base::Result<CrashOutcome> ReadOutcome(std::string_view json);

// Signature, reason and stack alone.
std::string WriteNamedStack(const model::CrashReport& report);
// An outcome with these alone.
base::Result<CrashOutcome> ReadNamedStack(std::string_view json);

}  // namespace cairn::worker
