// A program that crashes on purpose, for capture_test.py: crasher KIND [OPTION...]
//
// Options: thread (crash on a worker), bare-thread (a worker without an alternate stack), chain (a handler of
// its own is there before Start), no-ptrace (a seccomp filter refuses ptrace to it and to its handler),
// small-files (no file may grow beyond 4 KiB), many-threads, wait (crash once a line comes on standard
// input), undumpable, no-descriptors, fork (a child crashes), vfork (a child that shares memory crashes
// first), ignore (all signals are ignored before Start), no-close-range, no-process-vm (filters refuse these
// to it and to its handler). CRASHER_HANDLER, CRASHER_DATABASE, CRASHER_SERVER, CRASHER_TELEMETRY,
// CRASHER_CONSENT and CRASHER_VERSION are what Start gets.
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "client/cairn.h"

namespace {

constinit cairn::Annotation<"Scene", 16> scene;
constinit cairn::Annotation<"Comments", 64> comments;
constinit cairn::Annotation<"MozCrashReason", 64> reason;

volatile int zero = 0;

// Answers `action` to one system call and lets the others pass.
void InstallFilter(int system_call, unsigned action) {
  std::array<sock_filter, 4> program = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(system_call), 0, 1),
      BPF_STMT(BPF_RET | BPF_K, action),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  sock_fprog filter{static_cast<unsigned short>(program.size()), program.data()};
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) != 0) std::perror("seccomp");
}

[[gnu::noinline]] int Recurse(int depth) {
  volatile char buffer[512];
  buffer[0] = static_cast<char>(depth);
  return zero == 0 ? Recurse(depth + 1) + buffer[0] : 0;
}

void RefusedSystemCall() {
  InstallFilter(SYS_acct, SECCOMP_RET_TRAP);
  syscall(SYS_acct, nullptr);
}

[[gnu::noinline]] void Crash(std::string_view kind) {
  if (kind == "segv") *reinterpret_cast<volatile int*>(static_cast<std::uintptr_t>(zero)) = 1;
  if (kind == "general-protection") *reinterpret_cast<volatile int*>(0x5a5a5a5a5a5a5a00) = 1;
  if (kind == "wild-jump") reinterpret_cast<void (*)()>(static_cast<std::uintptr_t>(zero) + 16)();
  if (kind == "abrt") std::abort();
  if (kind == "fpe") zero = getpid() / zero;
  if (kind == "ill") asm volatile("ud2");
  if (kind == "trap") asm volatile("int3");
  if (kind == "sys") RefusedSystemCall();
  if (kind == "overflow") zero = Recurse(0);
  if (kind == "sent-segv") kill(getpid(), SIGSEGV);
  if (kind == "sent-trap") kill(getpid(), SIGTRAP);
  if (kind == "bus") {
    const int file = memfd_create("empty", 0);
    *static_cast<volatile char*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)) = 1;
  }
}

void ChainedHandler(int signal_number, siginfo_t* info, void*) {
  std::array<char, 64> line{};
  const int size = std::snprintf(line.data(), line.size(), "chained %d %d\n", signal_number, info->si_code);
  if (write(STDOUT_FILENO, line.data(), static_cast<std::size_t>(size)) < 0) _exit(9);
  std::signal(signal_number, SIG_DFL);
  std::raise(signal_number);
}

void InstallChained() {
  struct sigaction action{};
  action.sa_sigaction = ChainedHandler;
  action.sa_flags = SA_SIGINFO;
  for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGTRAP, SIGSYS}) {
    sigaction(number, &action, nullptr);
  }
}

void IgnoreSignals() {
  for (const int number : {SIGSEGV, SIGABRT, SIGFPE, SIGILL, SIGBUS, SIGTRAP, SIGSYS})
    std::signal(number, SIG_IGN);
}

// A child that still shares the memory of this process crashes, as between vfork and exec.
[[gnu::noinline]] void CrashInSharedMemory(std::string_view kind) {
  const pid_t child = vfork();  // NOLINT: what is not done is what is tested.
  if (child == 0) {
    Crash(kind);  // NOLINT
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  std::printf("child died of %d\n", WTERMSIG(status));
  std::fflush(stdout);
}

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool StartClient() {
  const std::string server = Environment("CRASHER_SERVER");
  const std::string consent = Environment("CRASHER_CONSENT");
  const std::string version = Environment("CRASHER_VERSION");
  const cairn::StartResult started = cairn::Start({
      .product = "Crasher",
      .version = version.empty() ? "10.1" : version,
      .channel = "nightly",
      .build_id = "20260102030405",
      .database = Environment("CRASHER_DATABASE"),
      .handler = Environment("CRASHER_HANDLER"),
      .submit_url = server.empty() ? "" : server + "/submit",
      .ping_url = server,
      .telemetry = Environment("CRASHER_TELEMETRY") == "on" ? cairn::Telemetry::kOn : cairn::Telemetry::kOff,
      .report_consent = consent == "always"  ? cairn::ReportConsent::kAlways
                        : consent == "never" ? cairn::ReportConsent::kNever
                                             : cairn::ReportConsent::kAsk,
  });
  if (!started) std::printf("not started: %s\n", started.error());
  return static_cast<bool>(started);
}

void LimitFiles() {
  const rlimit limit{4096, 4096};
  setrlimit(RLIMIT_FSIZE, &limit);
}

void UseUpDescriptors() {
  while (dup(STDIN_FILENO) >= 0) {
  }
}

class Choices {
 public:
  Choices(int count, char** words) : words_(words, words + count) {}
  bool Has(std::string_view word) const {
    for (const std::string_view choice : words_) {
      if (choice == word) return true;
    }
    return false;
  }

 private:
  std::vector<std::string_view> words_;
};

void CrashWhere(std::string_view kind, const Choices& choices) {
  if (choices.Has("both")) {
    std::thread second([&] { Crash(kind); });
    std::thread([&] { Crash(kind); }).join();
    second.join();
  }
  if (choices.Has("thread") || choices.Has("bare-thread")) {
    std::thread([&] {
      if (choices.Has("thread")) cairn::InstallAlternateStack();
      prctl(PR_SET_NAME, "the worker");
      Crash(kind);
    }).join();
  }
  Crash(kind);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const Choices choices(argc - 2, argv + 2);
  if (choices.Has("chain")) InstallChained();
  if (choices.Has("no-ptrace")) InstallFilter(SYS_ptrace, SECCOMP_RET_ERRNO | EPERM);
  if (choices.Has("no-close-range")) InstallFilter(SYS_close_range, SECCOMP_RET_ERRNO | ENOSYS);
  if (choices.Has("no-process-vm")) InstallFilter(SYS_process_vm_readv, SECCOMP_RET_ERRNO | EPERM);
  if (choices.Has("ignore")) IgnoreSignals();
  if (choices.Has("small-files")) LimitFiles();
  StartClient();
  scene.Set("a value that is longer than its room");
  comments.Set("what a person wrote");
  reason.Set("on purpose");
  const int threads = choices.Has("many-threads") ? 1500 : 1;
  for (int i = 0; i < threads; ++i) std::thread([] { pause(); }).detach();
  std::printf("ready\n");
  std::fflush(stdout);
  if (choices.Has("wait")) std::getchar();
  if (choices.Has("undumpable")) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (choices.Has("no-descriptors")) UseUpDescriptors();
  if (choices.Has("closes-all")) close_range(3, ~0U, 0);
  if (choices.Has("fork")) {
    const pid_t child = fork();
    if (child == 0) CrashWhere(argv[1], choices);
    int status = 0;
    waitpid(child, &status, 0);
    std::printf("child died of %d\n", WTERMSIG(status));
    return 0;
  }
  if (choices.Has("vfork")) CrashInSharedMemory(argv[1]);
  CrashWhere(argv[1], choices);
  return 0;
}
