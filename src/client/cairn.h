// Cairn's crash client: the only header that an application includes.
//
//   const cairn::StartResult started = cairn::Start({.product = "Editor", .version = "12.1", ...});
//   if (!started) std::fprintf(stderr, "%s\n", started.error());  // The application goes on either way.
//
// After Start, a crash in any thread is captured by cairn-handler, a separate process, and the application
// then dies of the signal that hit it. Signal actions that were installed before Start run afterwards.
// Nothing here throws.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace cairn {

// Whether crash pings (a stack and a few harmless facts) are built and sent.
enum class Telemetry { kOff, kOn };

// Whether crash reports (the dump and all annotations) are sent. With kAsk a report waits in the database
// until it is sent or deleted by `cairn crashes`; with kNever none is kept, and those that wait are deleted.
// What was said in the run that crashed and what is said now must both allow a report, and a ping, to be
// sent.
enum class ReportConsent { kAsk, kAlways, kNever };

struct Options {
  std::string product;     // Required.
  std::string version;     // Required.
  std::string channel;     // "release", "beta", ...
  std::string build_id;    // Digits such as 20260502101500.
  std::string database;    // Folder for what waits to be sent; made with mode 0700. Required.
  std::string handler;     // Path of cairn-handler. Required.
  std::string submit_url;  // Where reports are posted: the full URL, "http://127.0.0.1:8000/submit".
  std::string ping_url;    // The ping server's base URL: "http://127.0.0.1:8000".
  Telemetry telemetry = Telemetry::kOff;
  ReportConsent report_consent = ReportConsent::kAsk;
};

// Whether crashes are captured from now on.
class StartResult {
 public:
  StartResult() = default;
  explicit StartResult(std::string error) : error_(std::move(error)) {}

  explicit operator bool() const { return error_.empty(); }
  // What failed, in words; crashes are not captured then, and nothing else changes. Empty if nothing failed.
  const char* error() const { return error_.c_str(); }

 private:
  std::string error_;
};

// Starts the handler and watches SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGTRAP and SIGSYS. Call once,
// early, in the main thread, which gets an alternate signal stack. A second call fails. The first crash is
// captured: where an action that was there before lets the application go on, later ones are not. SIG_IGN
// counts for signals that somebody sends, other than SIGABRT; faults kill all the same.
StartResult Start(const Options& options);

// Gives the calling thread an alternate signal stack, so that a stack overflow in it is captured too. Worker
// threads call it once at their start; the stack is given back when the thread ends. False if there is no
// memory for it.
bool InstallAlternateStack();

namespace internal {

// The handler reads this out of the crashed process; wire/annotation_layout.h describes it.
struct AnnotationNode {
  AnnotationNode* next = nullptr;
  const char* name = nullptr;
  const char* value = nullptr;
  std::uint32_t name_size = 0;
  std::atomic<std::uint32_t> value_size{0};
  std::uint32_t capacity = 0;
  std::atomic<bool> registered{false};
};

// Puts the node on the list that the handler reads. Lock-free.
void RegisterAnnotation(AnnotationNode& node);

}  // namespace internal

// A string literal as a template argument.
template <std::size_t N>
struct FixedString {
  char text[N];
  consteval FixedString(const char (&literal)[N]) {
    std::copy_n(literal, N, text);
  }  // NOLINT: implicit on purpose.
};

// A named value of at most Size bytes that is part of every later crash. It must have static storage:
//   constinit cairn::Annotation<"Scene", 64> scene;
//   scene.Set("main menu");
// Setting costs a copy; there is no heap and no lock. A longer value is cut. Calls on one annotation must not
// overlap.
template <FixedString Name, std::size_t Size>
class Annotation {
  static_assert(Size > 0 && Size <= 20480, "a value holds 1 to 20,480 bytes");
  static_assert(sizeof(Name.text) > 1 && sizeof(Name.text) <= 257, "a name holds 1 to 256 bytes");

 public:
  constexpr Annotation() {
    node_.name = kName.text;
    node_.name_size = sizeof(kName.text) - 1;
    node_.value = value_;
    node_.capacity = Size;
  }
  Annotation(const Annotation&) = delete;
  Annotation& operator=(const Annotation&) = delete;

  void Set(std::string_view value) {
    // Size 0 while the bytes change: a crash in between loses the value rather than mixing two.
    node_.value_size.store(0, std::memory_order_release);
    const std::size_t size = std::min(value.size(), Size);
    std::copy_n(value.data(), size, value_);
    node_.value_size.store(static_cast<std::uint32_t>(size), std::memory_order_release);
    if (!node_.registered.load(std::memory_order_relaxed)) internal::RegisterAnnotation(node_);
  }
  void Clear() { node_.value_size.store(0, std::memory_order_release); }

 private:
  static constexpr FixedString kName = Name;

  internal::AnnotationNode node_;
  char value_[Size] = {};
};

}  // namespace cairn
