#include "client/crash_path.h"

#include <fcntl.h>
#include <linux/prctl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <ctime>

#include "client/crash_note.h"
#include "client/system_call.h"
#include "wire/crash_request.h"

namespace cairn::internal {
namespace {

constexpr std::array<int, 7> kSignals = {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGTRAP, SIGSYS};

// A thread that crashes while another is being captured waits for that one to end the process: a little
// longer than the handler may take, and with what it leaves the first thread then, still less than the 6 s
// that dying may take.
constexpr int kSecondThreadWaitMs = wire::kClientWaitMs + 300;
constexpr int kSecondThreadStepMs = 10;
constexpr long kFirstThreadStartNs = 500'000'000;

// The kernel's own struct sigaction (asm/signal.h), so that actions can be restored without libc, whose
// sigaction may take abort()'s lock.
struct KernelAction {
  void* handler = nullptr;
  unsigned long flags = 0;
  void* restorer = nullptr;
  std::uint64_t mask = 0;
};

struct State {
  CrashSetup setup;
  std::array<KernelAction, kSignals.size()> previous;
  std::array<bool, kSignals.size()> was_ignored{};
  // The first thread that crashed, with its process in the upper half: memory that a crashed process shared
  // or left to this one (vfork, fork) says nothing of this one.
  std::atomic<std::uint64_t> crashing{0};
  std::atomic<std::uint64_t> captured{0};  // That thread, once its capture is over.
  // Which file the channel is: an application that closes descriptors it does not know may reuse the number.
  std::uint64_t channel_device = 0;
  std::uint64_t channel_inode = 0;
  // Kept open to be closed at a crash, which needs two descriptors and may come of having none left.
  std::array<int, 2> spare_descriptors{-1, -1};
  wire::CrashRequest request;
};
constinit State state;

long SetAction(int signal_number, const KernelAction& action) {
  return SystemCall(SYS_rt_sigaction, signal_number, &action, nullptr, sizeof(action.mask));
}

// The room for one attached descriptor.
union ControlBuffer {
  cmsghdr header;
  std::array<char, CMSG_SPACE(sizeof(int))> bytes;
};

bool MakeConversation(std::array<int, 2>& ends) {
  if (SystemCall(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0) return true;
  for (const int spare : state.spare_descriptors) SystemCall(SYS_close, spare);
  return SystemCall(SYS_socketpair, AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) == 0;
}

bool SendRequest(int conversation_end) {
  iovec data{&state.request, sizeof(state.request)};
  ControlBuffer control{};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = sizeof(control.bytes);
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  __builtin_memcpy(CMSG_DATA(header), &conversation_end, sizeof(int));
  return SystemCall(SYS_sendmsg, state.setup.channel, &message, MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
}

// Sends one answer: `status` and then the bytes. False if they could not be sent, such as when the memory is
// not there.
bool SendAnswer(int conversation, const void* bytes, std::size_t size, const Deadline& deadline) {
  std::uint64_t size_sent = size;
  std::array<iovec, 2> parts{iovec{&size_sent, sizeof(size_sent)}, iovec{const_cast<void*>(bytes), size}};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  for (;;) {
    if (SystemCall(SYS_sendmsg, conversation, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return true;
    if (errno != EAGAIN) return false;
    pollfd ready{conversation, POLLOUT, 0};
    if (SystemCall(SYS_poll, &ready, 1, deadline.RemainingMs()) <= 0) return false;
  }
}

void AnswerFile(int conversation, wire::ProcessFile file, const Deadline& deadline) {
  static std::array<char, 4096> buffer;
  const char* const path = file == wire::ProcessFile::kMaps ? "/proc/self/maps" : "/proc/self/stat";
  const long descriptor = SystemCall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
  for (;;) {
    const long size = descriptor < 0 ? 0 : SystemCall(SYS_read, descriptor, buffer.data(), buffer.size());
    const std::size_t to_send = size > 0 ? static_cast<std::size_t>(size) : 0;
    if (!SendAnswer(conversation, buffer.data(), to_send, deadline) || to_send == 0) break;
  }
  if (descriptor >= 0) SystemCall(SYS_close, descriptor);
}

// Answers the handler until it says that it is done. False if it never did.
bool Converse(int conversation, const Deadline& deadline) {
  for (;;) {
    pollfd ready{conversation, POLLIN, 0};
    const long polled = SystemCall(SYS_poll, &ready, 1, deadline.RemainingMs());
    if (polled < 0 && errno == EINTR) continue;
    if (polled <= 0) return false;
    wire::MemoryQuery query;  // All queries have one size.
    const long size =
        SystemCall(SYS_recvfrom, conversation, &query, sizeof(query), MSG_DONTWAIT, nullptr, nullptr);
    if (size != sizeof(query)) return false;
    if (query.kind == wire::MessageKind::kDone) return true;
    if (query.kind == wire::MessageKind::kFile) {
      AnswerFile(conversation, static_cast<wire::ProcessFile>(query.size), deadline);
    } else if (query.size > wire::kMaxAnswerBytes ||
               !SendAnswer(conversation, reinterpret_cast<const void*>(query.address), query.size,
                           deadline)) {
      SendAnswer(conversation, nullptr, 0, deadline);
    }
  }
}

void FillRequest(int signal_number, const siginfo_t& info, const ucontext_t& context) {
  wire::CrashRequest& request = state.request;
  request.process_id = static_cast<int>(SystemCall(SYS_getpid));
  request.thread_id = static_cast<int>(SystemCall(SYS_gettid));
  request.signal_number = signal_number;
  request.signal_code = info.si_code;
  request.fault_address = info.si_code > 0 ? reinterpret_cast<std::uint64_t>(info.si_addr) : 0;
  request.annotations_address = reinterpret_cast<std::uint64_t>(AnnotationListAddress());
  request.initial_stack_pointer = state.setup.initial_stack_pointer;
  static_assert(sizeof(context.uc_mcontext.gregs) == sizeof(request.registers));
  static_assert(sizeof(*context.uc_mcontext.fpregs) == sizeof(request.floating_point));
  __builtin_memcpy(request.registers.data(), context.uc_mcontext.gregs, sizeof(request.registers));
  if (context.uc_mcontext.fpregs != nullptr) {
    __builtin_memcpy(request.floating_point.data(), context.uc_mcontext.fpregs,
                     sizeof(request.floating_point));
  }
}

bool IsChannelStillOurs() {
  struct stat info{};
  return SystemCall(SYS_fstat, state.setup.channel, &info) == 0 && info.st_dev == state.channel_device &&
         info.st_ino == state.channel_inode;
}

bool AskHandler(const Deadline& deadline) {
  std::array<int, 2> ends{-1, -1};
  if (!IsChannelStillOurs() || !MakeConversation(ends)) return false;
  const bool sent = SendRequest(ends[1]);
  SystemCall(SYS_close,
             ends[1]);  // From here on the handler alone holds it: its death ends the conversation.
  const bool captured = sent && Converse(ends[0], deadline);
  SystemCall(SYS_close, ends[0]);
  return captured;
}

void Capture(int signal_number, const siginfo_t& info, const ucontext_t& context) {
  const Deadline deadline(wire::kClientWaitMs);
  FillRequest(signal_number, info, context);
  // Without these the handler may not look at a process that dropped privileges, or under Yama. Where Yama is
  // absent PR_SET_PTRACER fails with EINVAL and is not needed.
  const long dumpable = SystemCall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
  if (dumpable != 1) SystemCall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
  const int handler = state.setup.handler_process_id;
  SystemCall(SYS_prctl, PR_SET_PTRACER,
             handler > 0 ? static_cast<unsigned long>(handler) : PR_SET_PTRACER_ANY, 0, 0, 0);
  if (!AskHandler(deadline)) WriteCrashNote(state.setup.note, state.request);
  // 2, for programs with set-user-id, cannot be set again (EINVAL); 0 is as private.
  if (dumpable != 1) SystemCall(SYS_prctl, PR_SET_DUMPABLE, 0, 0, 0, 0);
}

void RestorePreviousActions() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) SetAction(kSignals[i], state.previous[i]);
}

// Sends the signal to this thread again with the same facts. It is blocked until the handler returns; then
// the action that was there before runs with the registers of the crash, or the process dies of it. Faults
// would come back by themselves when the instruction runs again, but traps and refused system calls would
// not.
void RaiseAgain(int signal_number, const siginfo_t& info) {
  const long process = SystemCall(SYS_getpid);
  const long thread = SystemCall(SYS_gettid);
  if (SystemCall(SYS_rt_tgsigqueueinfo, process, thread, signal_number, &info) != 0) {
    SystemCall(SYS_tgkill, process, thread, signal_number);
  }
}

void WaitForCapture(std::uint64_t first) {
  const Deadline deadline(kSecondThreadWaitMs);
  const timespec step{0, kSecondThreadStepMs * 1'000'000L};
  while (state.captured.load() != first && deadline.RemainingMs() > 0)
    SystemCall(SYS_nanosleep, &step, nullptr);
  // The first thread's signal is the one to die of: leave it a moment.
  const timespec moment{0, kFirstThreadStartNs};
  SystemCall(SYS_nanosleep, &moment, nullptr);
}

// Whether somebody sent a signal that meant nothing to the application. SIGABRT is left out: abort() sends
// it, and does not come back where it is ignored.
bool IsHarmless(int signal_number, const siginfo_t& info) {
  if (info.si_code > 0 || signal_number == SIGABRT) return false;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] == signal_number) return state.was_ignored[i];
  }
  return false;
}

// Makes this thread the one that crashes unless there is one in this process. The answer is that thread.
std::uint64_t FirstToCrash(std::uint64_t self) {
  std::uint64_t first = state.crashing.load();
  while (first >> 32 != self >> 32) {
    if (!state.crashing.compare_exchange_weak(first, self)) continue;
    return 0;
  }
  return first;
}

void HandleSignal(int signal_number, siginfo_t* info, void* context) {
  const int saved_errno = errno;
  if (IsHarmless(signal_number, *info)) return;
  const auto process = static_cast<std::uint64_t>(SystemCall(SYS_getpid));
  const std::uint64_t self = process << 32 | static_cast<std::uint64_t>(SystemCall(SYS_gettid));
  const std::uint64_t first = FirstToCrash(self);
  if (first == 0) {
    Capture(signal_number, *info, *static_cast<const ucontext_t*>(context));
    RestorePreviousActions();
    state.captured.store(self);
  } else if (first == self) {
    RestorePreviousActions();  // The crash path itself crashed.
  } else {
    WaitForCapture(first);
    RestorePreviousActions();
  }
  RaiseAgain(signal_number, *info);
  errno = saved_errno;
}

}  // namespace

bool InstallCrashPath(const CrashSetup& setup) {
  state.setup = setup;
  struct stat channel{};
  SystemCall(SYS_fstat, setup.channel, &channel);
  state.channel_device = channel.st_dev;
  state.channel_inode = channel.st_ino;
  for (int& spare : state.spare_descriptors) {
    spare = static_cast<int>(SystemCall(SYS_fcntl, setup.channel, F_DUPFD_CLOEXEC, 0));
  }
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    SystemCall(SYS_rt_sigaction, kSignals[i], nullptr, &state.previous[i], sizeof(state.previous[i].mask));
    // An ignored fault kills all the same, so ignoring means the default here.
    state.was_ignored[i] = state.previous[i].handler == reinterpret_cast<void*>(SIG_IGN);
    if (state.was_ignored[i]) state.previous[i].handler = nullptr;
  }
  struct sigaction action{};
  action.sa_sigaction = HandleSignal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  // Nothing else of the application's runs meanwhile, but a crash of the crash path itself still gets here.
  sigfillset(&action.sa_mask);
  for (const int number : kSignals) sigdelset(&action.sa_mask, number);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (sigaction(kSignals[i], &action, nullptr) == 0) continue;
    while (i-- > 0) SetAction(kSignals[i], state.previous[i]);
    return false;
  }
  return true;
}

}  // namespace cairn::internal
