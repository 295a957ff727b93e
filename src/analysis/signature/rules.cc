#include "analysis/signature/rules.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "analysis/signature/shutdown_timeout.h"
#include "analysis/signature/signature.h"
#include "analysis/signature/unicode.h"

namespace cairn::signature {
namespace {

// Bytes; a larger one fails where memory is not yet used up.
constexpr std::uint64_t kMaxSmallAllocation = 262144;
constexpr std::size_t kMaxAbortMessage = 80;
constexpr std::size_t kMaxIpcChannelError = 100;  // Characters.

// Where words are looked for in a signature.
constexpr std::size_t kMaxSearchedBytes = 16 << 10;

constexpr auto kNotApplied = RuleOutcome::kNotApplied;
constexpr auto kApplied = RuleOutcome::kApplied;

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool IsPrintable(char c) { return c >= 0x20 && c <= 0x7e; }
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// `text` if it has at most `max` bytes, else its beginning and "..." in `max` bytes.
std::string Shorten(std::string text, std::size_t max) {
  if (text.size() > max) text.replace(max - 3, std::string::npos, "...");
  return text;
}

std::string_view Bounded(std::string_view text) { return text.substr(0, kMaxAnnotationBytes); }

// What a rule reads and changes.
struct Subject {
  const SignatureInput& input;
  StackSigner& stack;
  model::Signature& signature;
  std::vector<ExplainedFrame>* frames;
  std::string_view rule;  // The one that is at work.

  std::string& text() { return signature.text; }
  void Note(std::string_view note) { signature.notes.push_back(std::string(rule).append(": ").append(note)); }
  // The rule cannot be applied: the signature stays as it is.
  RuleOutcome Fail(std::string_view why) {
    Note(std::string("Rule failed: ").append(why));
    return RuleOutcome::kFailed;
  }
};

RuleOutcome SignStack(Subject& subject) {
  subject.stack.Sign(subject.input, subject.input.crashing_thread, subject.signature, subject.frames);
  return kApplied;
}

RuleOutcome AddWalkError(Subject& subject) {
  if (subject.input.walk_status.empty() || !subject.text().starts_with("EMPTY")) return kNotApplied;
  subject.text().append("; ").append(Bounded(subject.input.walk_status));
  return kApplied;
}

RuleOutcome MarkBadHardware(Subject& subject) {
  // The disk could not give a page of a mapped file.
  if (!Contains(Bounded(subject.input.reason), "STATUS_DEVICE_DATA_ERROR")) return kNotApplied;
  subject.text().insert(0, "bad hardware | ");
  return kApplied;
}

bool IsOutOfMemory(const SignatureInput& input, std::string_view signature) {
  constexpr std::string_view kSigns[] = {"NS_ABORT_OOM", "mozalloc_handle_oom", "CrashAtUnhandlableOOM",
                                         "AutoEnterOOMUnsafeRegion", "alloc::oom::oom"};
  if (input.oom_allocation_size.value_or(0) != 0) return true;
  if (signature.empty()) return false;
  signature = signature.substr(0, kMaxSearchedBytes);
  if (Contains(signature, "OOM") || Contains(signature, "oom")) {
    if (std::ranges::any_of(kSigns, [&](std::string_view sign) { return Contains(signature, sign); }))
      return true;
  }
  if (const SignatureThread* const thread = ThreadAt(input, input.crashing_thread)) {
    const std::string& error = thread->last_error_value;
    if (error == "ERROR_COMMITMENT_LIMIT" || error == "ERROR_NOT_ENOUGH_MEMORY") return true;
  }
  return input.reason == "STATUS_FATAL_MEMORY_EXHAUSTION" || input.reason == "STATUS_NO_MEMORY" ||
         input.js_large_allocation_failure == "Reporting";
}

RuleOutcome MarkOutOfMemory(Subject& subject) {
  const std::optional<std::uint64_t> size = subject.input.oom_allocation_size;
  if (!IsOutOfMemory(subject.input, subject.text())) return kNotApplied;
  if (subject.input.js_large_allocation_failure == "Reporting" || size.value_or(0) > kMaxSmallAllocation) {
    subject.text().insert(0, "OOM | large | ");
  } else if (!size) {
    subject.text().insert(0, "OOM | unknown | ");
  } else {
    // Whoever asks for little memory when there is none is not at fault.
    subject.text() = "OOM | small";
  }
  return kApplied;
}

RuleOutcome AddAbortMessage(Subject& subject) {
  const std::string_view message = Bounded(subject.input.abort_message);
  if (message.empty()) return kNotApplied;
  // A message that is its own place has no words; one whose words are lost keeps an empty part, as in the
  // reference.
  const bool has_words = !Contains(message, "###!!! ABORT: file ");
  subject.text().insert(0, has_words ? "Abort | " + AbortWords(message) + " | " : "Abort | ");
  return kApplied;
}

RuleOutcome ReplaceByShutdownTimeout(Subject& subject) {
  if (subject.input.async_shutdown_timeout.empty()) return kNotApplied;
  ShutdownTimeout timeout = ReadShutdownTimeout(subject.input.async_shutdown_timeout);
  if (!timeout.failure.empty()) return subject.Fail(timeout.failure);
  if (!timeout.mistake.empty()) subject.Note("Error parsing AsyncShutdownTimeout: " + timeout.mistake);
  subject.Note("Signature replaced with a Shutdown Timeout signature, was: \"" + subject.text() + "\"");
  subject.text() = std::move(timeout.signature);
  return kApplied;
}

// A watchdog thread ends a process that does not shut down; the main thread is what hangs.
RuleOutcome FollowWatchdog(Subject& subject) {
  if (!Contains(std::string_view(subject.text()).substr(0, kMaxSearchedBytes), "RunWatchdog"))
    return kNotApplied;
  subject.stack.Sign(subject.input, 0, subject.signature, subject.frames);
  subject.text().insert(0, "shutdownhang | ");
  return kApplied;
}

RuleOutcome ReplaceByIpcChannelError(Subject& subject) {
  const SignatureInput& input = subject.input;
  if (input.ipc_channel_error.empty()) return kNotApplied;
  const bool browser = std::ranges::find(input.additional_minidumps, "upload_file_minidump_browser") !=
                       input.additional_minidumps.end();
  subject.text() = browser ? "IPCError-browser | " : "IPCError-content | ";
  subject.text().append(FirstCharacters(input.ipc_channel_error, kMaxIpcChannelError));
  subject.Note("IPC Channel Error stomped on signature");
  return kApplied;
}

RuleOutcome AddIpcMessageName(Subject& subject) {
  if (subject.input.ipc_message_name.empty()) return kNotApplied;
  subject.text().append(" | IPC_Message_Name=").append(Bounded(subject.input.ipc_message_name));
  return kApplied;
}

RuleOutcome MarkStackOverflow(Subject& subject) {
  if (subject.input.reason != "EXCEPTION_STACK_OVERFLOW") return kNotApplied;
  subject.text().insert(0, "stackoverflow | ");
  return kApplied;
}

RuleOutcome MarkHang(Subject& subject) {
  if (!subject.input.hang) return kNotApplied;
  subject.text().insert(0, std::string("hang: ").append(Bounded(*subject.input.hang)).append(" | "));
  return kApplied;
}

RuleOutcome DropUnprintable(Subject& subject) {
  const std::string& text = subject.text();
  const bool is_stripped = text.empty() || (text.front() != ' ' && text.back() != ' ');
  if (is_stripped && std::ranges::all_of(text, IsPrintable)) return kNotApplied;
  subject.text() = KeepPrintable(text);
  subject.Note("unprintable characters removed");
  return kApplied;
}

RuleOutcome SingleSpaces(Subject& subject) {
  const std::string& text = subject.text();
  const bool has_edge = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!has_edge && !Contains(text, "  ")) return kNotApplied;
  subject.text() = FixWhitespace(text);
  return kApplied;
}

RuleOutcome Truncate(Subject& subject) {
  if (subject.text().size() <= kMaxSignatureLength) return kNotApplied;
  subject.text() = Shorten(std::move(subject.text()), kMaxSignatureLength);
  subject.Note("SigTrunc: signature truncated due to length");
  return kApplied;
}

struct RuleRow {
  std::string_view name;  // As in notes.
  RuleOutcome (*apply)(Subject&);
};

// In the order of Socorro's pipeline, and with its names; later rules see what earlier ones made.
constexpr RuleRow kRules[] = {
    {"SignatureGenerationRule", SignStack},
    {"StackwalkerErrorSignatureRule", AddWalkError},
    {"BadHardware", MarkBadHardware},
    {"OOMSignature", MarkOutOfMemory},
    {"AbortSignature", AddAbortMessage},
    {"SignatureShutdownTimeout", ReplaceByShutdownTimeout},
    {"SignatureRunWatchDog", FollowWatchdog},
    {"SignatureIPCChannelError", ReplaceByIpcChannelError},
    {"SignatureIPCMessageName", AddIpcMessageName},
    {"StackOverflowSignature", MarkStackOverflow},
    {"HungProcess", MarkHang},
    {"SigPrintableCharsOnly", DropUnprintable},
    {"SigFixWhitespace", SingleSpaces},
    {"SigTruncate", Truncate},
};

}  // namespace

void ApplyRules(const SignatureInput& input, StackSigner& stack, model::Signature& signature,
                ExplainedSignature* explained) {
  Subject subject{input, stack, signature, explained == nullptr ? nullptr : &explained->frames, {}};
  for (const RuleRow& rule : kRules) {
    subject.rule = rule.name;
    const RuleOutcome outcome = rule.apply(subject);
    if (explained != nullptr) explained->steps.push_back({rule.name, outcome, signature.text});
  }
}

std::string AbortWords(std::string_view message) {
  constexpr std::string_view kMark = "###!!! ABORT:";
  if (const std::size_t at = message.find(kMark); at != std::string_view::npos) {
    message.remove_prefix(at + kMark.size());
  }
  std::string words(message.substr(0, message.find(": file ")));
  if (Contains(words, "unable to find a usable font")) {
    // What is in brackets is in the user's language.
    const std::size_t open = words.find('(');
    const std::size_t close = words.rfind(')');
    if (open != std::string::npos && close != std::string::npos) {
      words = words.substr(0, open) + words.substr(close + 1);
    }
  }
  std::erase_if(words, [](char c) { return !IsPrintable(c); });
  return Shorten(std::string(StripSpaces(words)), kMaxAbortMessage);
}

std::string KeepPrintable(std::string_view text) {
  std::string printable(StripSpaces(text));
  std::erase_if(printable, [](char c) { return !IsPrintable(c); });
  return printable;
}

std::string FixWhitespace(std::string_view text) {
  std::string fixed(StripSpaces(text));
  std::ranges::replace_if(fixed, IsSpace, ' ');
  const auto repeated = std::ranges::unique(fixed, [](char a, char b) { return a == ' ' && b == ' '; });
  fixed.erase(repeated.begin(), repeated.end());
  return fixed;
}

}  // namespace cairn::signature
