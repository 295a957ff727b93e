#include "handler/supervisor.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "handler/delivery.h"
#include "os/clock.h"
#include "os/random.h"
#include "wire/crash_request.h"

namespace cairn::handler {
namespace {

// The application sends its settings right after it started this process.
constexpr int kSettingsTimeoutMs = 5000;
// A sleep without an end in sight is cut, so that a clock that jumps does no harm.
constexpr std::int64_t kMaxSleepMs = 60'000;

base::Error ErrnoError(std::string_view what) {
  return {base::Code::kIo, static_cast<std::uint64_t>(errno), what};
}

base::Result<Settings> ReceiveSettings(int channel) {
  pollfd ready{channel, POLLIN, 0};
  if (poll(&ready, 1, kSettingsTimeoutMs) <= 0)
    return base::Error{base::Code::kTimeout, 0, "the application's settings"};
  std::string packet(wire::kMaxConfigurationBytes, '\0');
  const ssize_t size = recv(channel, packet.data(), packet.size(), MSG_DONTWAIT);
  if (size <= 0) return ErrnoError("receiving the application's settings");
  packet.resize(static_cast<std::size_t>(size));
  ASSIGN_OR_RETURN(Settings settings, ParseSettings(packet));
  if (settings.start_time_ms == 0) settings.start_time_ms = os::UnixMillis();
  return settings;
}

base::Result<os::FileDescriptor> WatchChildren() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return ErrnoError("blocking SIGCHLD");
  os::FileDescriptor descriptor(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!descriptor.valid()) return ErrnoError("watching children");
  return descriptor;
}

struct ReceivedRequest {
  wire::CrashRequest request;
  os::FileDescriptor conversation;
};

// What a message's attachments say: a descriptor, and who really sent it.
void ReadAttachments(msghdr& message, ReceivedRequest& received) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET) continue;
    if (header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof(int))) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(header), sizeof(descriptor));
      received.conversation.Reset(descriptor);
    }
    if (header->cmsg_type == SCM_CREDENTIALS && header->cmsg_len == CMSG_LEN(sizeof(ucred))) {
      ucred sender{};
      std::memcpy(&sender, CMSG_DATA(header), sizeof(sender));
      // In another pid namespace the process knows itself by another number.
      if (sender.pid > 0) received.request.process_id = sender.pid;
    }
  }
}

enum class Reception { kRequest, kOther, kClosed };

Reception ReceiveRequest(int channel, ReceivedRequest& received) {
  iovec data{&received.request, sizeof(received.request)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(ucred))> control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  const ssize_t size = recvmsg(channel, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) return Reception::kClosed;
  const wire::CrashRequest before = received.request;
  ReadAttachments(message, received);
  const bool is_request = size == sizeof(received.request) && before.version == wire::kCrashProtocolVersion &&
                          before.kind == wire::MessageKind::kCrash && received.conversation.valid();
  return is_request ? Reception::kRequest : Reception::kOther;
}

// Lets the process that crashed die.
void SayDone(int conversation) {
  const wire::Done done;
  send(conversation, &done, sizeof(done), MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Whether the process that crashed still waits.
bool IsOpen(int conversation) {
  pollfd ready{conversation, POLLIN, 0};
  return poll(&ready, 1, 0) == 0 || (ready.revents & (POLLHUP | POLLERR)) == 0;
}

}  // namespace

base::Result<Supervisor> Supervisor::Create(os::FileDescriptor channel) {
  ASSIGN_OR_RETURN(Settings settings, ReceiveSettings(channel.get()));
  ASSIGN_OR_RETURN(Database database, Database::Open(settings.database));
  ASSIGN_OR_RETURN(os::FileDescriptor child_signals, WatchChildren());
  const int on = 1;
  setsockopt(channel.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof(on));
  const wire::Hello hello{.process_id = getpid()};
  if (send(channel.get(), &hello, sizeof(hello), MSG_NOSIGNAL) < 0)
    return ErrnoError("greeting the application");
  return Supervisor(std::move(channel), std::move(child_signals), std::move(settings), std::move(database));
}

base::Status Supervisor::Run() {
  while (HasWork()) {
    StartDelivery();
    std::array<pollfd, 2> ready{pollfd{channel_.get(), POLLIN, 0}, pollfd{child_signals_.get(), POLLIN, 0}};
    if (poll(ready.data(), ready.size(), NextTimeoutMs()) < 0 && errno != EINTR)
      return ErrnoError("waiting for crashes");
    if (ready[0].revents != 0) Receive();
    if (ready[1].revents != 0) ReapChildren();
    EndOverdueChildren();
  }
  return {};
}

int Supervisor::NextTimeoutMs() const {
  std::int64_t next = os::MonotonicMillis() + kMaxSleepMs;
  for (const ActiveCapture& capture : captures_) next = std::min(next, capture.child.end_ms);
  if (delivery_) next = std::min(next, delivery_->end_ms);
  return static_cast<int>(std::max<std::int64_t>(0, next - os::MonotonicMillis()));
}

void Supervisor::Receive() {
  ReceivedRequest received;
  switch (ReceiveRequest(channel_.get(), received)) {
    case Reception::kRequest: return StartCapture(received.request, std::move(received.conversation));
    case Reception::kOther: return;
    case Reception::kClosed: return EndChannel();
  }
}

// The application is gone. If it got no answer, it has left a note by now.
void Supervisor::EndChannel() {
  channel_.Reset();
  delivery_wanted_ = delivery_wanted_ || note_expected_;
}

// Children hold neither the channel nor others' conversations, so that the application sees when this process
// is gone.
int Supervisor::Fork() {
  const int process = fork();
  if (process != 0) return process;
  channel_.Reset();
  child_signals_.Reset();
  for (ActiveCapture& capture : captures_) capture.conversation.Reset();
  return 0;
}

void Supervisor::StartCapture(const wire::CrashRequest& request, os::FileDescriptor conversation) {
  delivery_wanted_ = true;
  if (!IsOpen(conversation.get())) {
    log_.Write("a crash was not captured: the process had ceased to wait (its note follows)");
    note_expected_ = true;
    return;
  }
  if (!settings_.wants_pings() && !settings_.keeps_reports()) {
    log_.Write("a crash was not captured: neither pings nor reports are wanted");
    return SayDone(conversation.get());
  }
  auto dump = SharedDump::Create();
  if (!dump) {
    note_expected_ = true;
    return log_.Write(base::Describe(dump.error()));
  }
  auto shared_dump = std::make_unique<SharedDump>(*std::move(dump));
  const std::string id = os::RandomUuid();
  ActiveCapture capture{
      .child = {},
      .job = {.request = request,
              .conversation = conversation.get(),
              .report_id = id,
              .path = settings_.keeps_reports() ? database_.NewDumpPath(id) : "",
              .crash_time_ms = os::UnixMillis(),
              .no_trace_reason = {}},
      .conversation = std::move(conversation),
      .dump = std::move(shared_dump),
      .end_reason = {},
  };
  if (!RunCapture(capture, wire::kCaptureTimeoutMs)) {
    note_expected_ = true;
    return;
  }
  captures_.push_back(std::move(capture));
}

bool Supervisor::RunCapture(ActiveCapture& capture, int timeout_ms) {
  const int process = Fork();
  if (process == 0) {
    const base::Status status = Capture(capture.job, settings_, *capture.dump);
    if (!status) log_.Write("capture " + capture.job.report_id + ": " + base::Describe(status.error()));
    _exit(capture.dump->state() == SharedDump::State::kNone ? 1 : 0);
  }
  if (process < 0) log_.Write("no process for a capture");
  capture.child = {process, os::MonotonicMillis() + timeout_ms};
  capture.end_reason.clear();
  return process > 0;
}

void Supervisor::ReapChildren() {
  signalfd_siginfo signals{};
  while (read(child_signals_.get(), &signals, sizeof(signals)) > 0) {
  }
  int status = 0;
  for (int process = waitpid(-1, &status, WNOHANG); process > 0; process = waitpid(-1, &status, WNOHANG)) {
    if (delivery_ && delivery_->process_id == process) delivery_.reset();
    std::erase(memory_deliveries_, process);
    const auto capture = std::ranges::find_if(
        captures_, [&](const ActiveCapture& active) { return active.child.process_id == process; });
    if (capture == captures_.end()) continue;
    ActiveCapture ended = std::move(*capture);
    captures_.erase(capture);
    FinishCapture(std::move(ended), status);
  }
}

void Supervisor::EndOverdueChildren() {
  const std::int64_t now = os::MonotonicMillis();
  for (ActiveCapture& capture : captures_) {
    if (now < capture.child.end_ms || !capture.end_reason.empty()) continue;
    capture.end_reason = "the capture took too long";
    kill(capture.child.process_id, SIGKILL);  // Which releases the process that it traces.
  }
  if (delivery_ && now >= delivery_->end_ms) kill(delivery_->process_id, SIGKILL);
}

void Supervisor::FinishCapture(ActiveCapture capture, int status) {
  const bool made = capture.dump->state() != SharedDump::State::kNone;
  if (made) {
    // Again, for a capture that was ended before it could: the process must not leave a note as well.
    SayDone(capture.conversation.get());
    return KeepDump(capture);
  }
  const bool first_try = capture.job.no_trace_reason.empty();
  std::string reason = capture.end_reason;
  if (reason.empty()) {
    reason = WIFSIGNALED(status) ? "the capture died of signal " + std::to_string(WTERMSIG(status))
                                 : "the capture failed";
  }
  log_.Write("capture " + capture.job.report_id + ": " + reason);
  if (first_try && IsOpen(capture.conversation.get())) {
    // The process still waits for a moment and can answer for itself.
    capture.job.no_trace_reason = reason;
    if (RunCapture(capture, wire::kSecondCaptureTimeoutMs)) captures_.push_back(std::move(capture));
    return;
  }
  note_expected_ = true;
  if (!capture.job.path.empty()) static_cast<void>(os::RemoveFile(capture.job.path));
}

void Supervisor::KeepDump(const ActiveCapture& capture) {
  const std::string& id = capture.job.report_id;
  if (capture.dump->state() == SharedDump::State::kInMemory) {
    if (!capture.job.path.empty()) static_cast<void>(os::RemoveFile(capture.job.path));
    return DeliverInChild(capture.dump.get(), id);
  }
  const base::Status kept = database_.Keep(id, StateAtCrash(settings_));
  log_.Write("captured " + id + (kept ? "" : ": " + base::Describe(kept.error())));
  delivery_wanted_ = true;
}

void Supervisor::StartDelivery() {
  // Crashes come first: a delivery that begins now would not see what is being captured.
  if (!delivery_wanted_ || delivery_ || !captures_.empty()) return;
  delivery_wanted_ = false;
  const int process = Fork();
  if (process == 0) {
    DeliverAll(database_, settings_, log_);
    _exit(0);
  }
  if (process > 0) delivery_ = Child{process, os::MonotonicMillis() + kDeliveryTimeoutMs};
}

void Supervisor::DeliverInChild(const SharedDump* dump, const std::string& id) {
  const int process = Fork();
  if (process == 0) {
    DeliverFromMemory(database_, settings_, log_, id, dump->bytes());
    _exit(0);
  }
  if (process > 0) memory_deliveries_.push_back(process);
}

}  // namespace cairn::handler
