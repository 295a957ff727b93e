#include "analysis/signature/rules.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace cairn::signature {
namespace {

constexpr std::uint64_t kMaxSmallAllocation =
    262144;  // Bytes; a larger one fails where memory is not yet used up.
constexpr std::size_t kMaxAbortMessage = 80;
constexpr std::size_t kMaxIpcChannelError = 100;

bool Contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool IsPrintable(char c) { return c >= 0x20 && c <= 0x7e; }

std::string_view StripWhitespace(std::string_view text) {
  constexpr std::string_view kWhitespace = " \t\n\v\f\r\x1c\x1d\x1e\x1f";
  const std::size_t begin = text.find_first_not_of(kWhitespace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhitespace) - begin + 1);
}

// `text` if it has at most `max` bytes, else its beginning and "..." in `max` bytes.
std::string Shorten(std::string text, std::size_t max) {
  if (text.size() > max) text.replace(max - 3, std::string::npos, "...");
  return text;
}

struct Subject {
  const SignatureInput& input;
  const SignatureLists& lists;
  ExplainedSignature& result;

  std::string& text() { return result.signature.text; }
  void Note(std::string_view note) { result.signature.notes.emplace_back(note); }
};

// A rule applies or does nothing.
using Rule = void (*)(Subject&);

void AddWalkError(Subject& subject) {
  if (subject.text().starts_with("EMPTY") && !subject.input.walk_status.empty()) {
    subject.text() += "; " + subject.input.walk_status;
  }
}

void MarkBadHardware(Subject& subject) {
  // The disk could not give a page of a mapped file.
  if (Contains(subject.input.reason, "STATUS_DEVICE_DATA_ERROR")) subject.text().insert(0, "bad hardware | ");
}

bool IsOutOfMemory(const SignatureInput& input, std::string_view signature) {
  constexpr std::string_view kSigns[] = {"NS_ABORT_OOM", "mozalloc_handle_oom", "CrashAtUnhandlableOOM",
                                         "AutoEnterOOMUnsafeRegion", "alloc::oom::oom"};
  if (input.oom_allocation_size.value_or(0) != 0) return true;
  if (std::ranges::any_of(kSigns, [&](std::string_view sign) { return Contains(signature, sign); }))
    return true;
  if (input.crashing_thread >= 0 && std::cmp_less(input.crashing_thread, input.threads.size())) {
    const std::string& error =
        input.threads[static_cast<std::size_t>(input.crashing_thread)].last_error_value;
    if (error == "ERROR_COMMITMENT_LIMIT" || error == "ERROR_NOT_ENOUGH_MEMORY") return true;
  }
  return input.reason == "STATUS_FATAL_MEMORY_EXHAUSTION" || input.reason == "STATUS_NO_MEMORY" ||
         input.js_large_allocation_failure == "Reporting";
}

void MarkOutOfMemory(Subject& subject) {
  const std::optional<std::uint64_t> size = subject.input.oom_allocation_size;
  if (!IsOutOfMemory(subject.input, subject.text())) return;
  if (subject.input.js_large_allocation_failure == "Reporting" || size.value_or(0) > kMaxSmallAllocation) {
    subject.text().insert(0, "OOM | large | ");
  } else if (!size) {
    subject.text().insert(0, "OOM | unknown | ");
  } else {
    // Whoever asks for little memory when there is none is not at fault.
    subject.text() = "OOM | small";
  }
}

// "[12] ###!!! ABORT: words: file a.cpp, line 3" to "words".
std::string AbortWords(std::string_view message) {
  constexpr std::string_view kMark = "###!!! ABORT:";
  if (Contains(message, "###!!! ABORT: file ")) return {};
  if (const std::size_t at = message.find(kMark); at != std::string_view::npos) {
    message.remove_prefix(at + kMark.size());
  }
  std::string words(message.substr(0, message.find(": file ")));
  if (Contains(words, "unable to find a usable font")) {
    // What is in brackets is in the user's language.
    const std::size_t open = words.find('(');
    const std::size_t close = words.rfind(')');
    if (open != std::string::npos && close != std::string::npos && open < close)
      words.erase(open, close + 1 - open);
  }
  std::erase_if(words, [](char c) { return !IsPrintable(c); });
  return Shorten(std::string(StripWhitespace(words)), kMaxAbortMessage);
}

void AddAbortMessage(Subject& subject) {
  if (subject.input.abort_message.empty()) return;
  const std::string words = AbortWords(subject.input.abort_message);
  subject.text().insert(0, words.empty() ? "Abort | " : "Abort | " + words + " | ");
}

// A watchdog thread ends a process that does not shut down; the main thread is what hangs.
void FollowWatchdog(Subject& subject) {
  if (!Contains(subject.text(), "RunWatchdog")) return;
  ExplainedSignature main = SignThread(subject.input, 0, subject.lists, "SignatureRunWatchDog");
  auto& notes = subject.result.signature.notes;
  notes.insert(notes.end(), main.signature.notes.begin(), main.signature.notes.end());
  subject.result.signature.proto = std::move(main.signature.proto);
  subject.result.frames = std::move(main.frames);
  subject.text() = "shutdownhang | " + main.signature.text;
}

void ReplaceByIpcChannelError(Subject& subject) {
  const SignatureInput& input = subject.input;
  if (input.ipc_channel_error.empty()) return;
  const bool browser = std::ranges::find(input.additional_minidumps, "upload_file_minidump_browser") !=
                       input.additional_minidumps.end();
  subject.text() = (browser ? "IPCError-browser | " : "IPCError-content | ") +
                   input.ipc_channel_error.substr(0, kMaxIpcChannelError);
  subject.Note("SignatureIPCChannelError: IPC Channel Error stomped on signature");
}

void AddIpcMessageName(Subject& subject) {
  if (!subject.input.ipc_message_name.empty()) {
    subject.text() += " | IPC_Message_Name=" + subject.input.ipc_message_name;
  }
}

void MarkStackOverflow(Subject& subject) {
  if (subject.input.reason == "EXCEPTION_STACK_OVERFLOW") subject.text().insert(0, "stackoverflow | ");
}

void MarkHang(Subject& subject) {
  if (subject.input.hang) subject.text().insert(0, "hang: " + *subject.input.hang + " | ");
}

void KeepPrintable(Subject& subject) {
  std::string text(StripWhitespace(subject.text()));
  std::erase_if(text, [](char c) { return !IsPrintable(c); });
  if (text == subject.text()) return;
  subject.text() = std::move(text);
  subject.Note("SigPrintableCharsOnly: unprintable characters removed");
}

void FixWhitespace(Subject& subject) {
  std::string text(StripWhitespace(subject.text()));
  const auto repeated = std::ranges::unique(text, [](char a, char b) { return a == ' ' && b == ' '; });
  text.erase(repeated.begin(), repeated.end());
  subject.text() = std::move(text);
}

void Truncate(Subject& subject) {
  if (subject.text().size() <= kMaxSignatureLength) return;
  subject.text() = Shorten(std::move(subject.text()), kMaxSignatureLength);
  subject.Note("SigTruncate: SigTrunc: signature truncated due to length");
}

// In the order of Socorro's pipeline; later rules see what earlier ones made.
constexpr std::array<Rule, 12> kRules = {
    AddWalkError,      MarkBadHardware,   MarkOutOfMemory,
    AddAbortMessage,   FollowWatchdog,    ReplaceByIpcChannelError,
    AddIpcMessageName, MarkStackOverflow, MarkHang,
    KeepPrintable,     FixWhitespace,     Truncate,
};

}  // namespace

void ApplyRules(const SignatureInput& input, const SignatureLists& lists, ExplainedSignature& result) {
  Subject subject{input, lists, result};
  for (const Rule rule : kRules) rule(subject);
}

}  // namespace cairn::signature
