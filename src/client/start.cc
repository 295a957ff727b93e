#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>

#include "client/cairn.h"
#include "client/crash_path.h"
#include "wire/configuration.h"
#include "wire/crash_request.h"

// Where ld.so entered the program: at and above it lie the arguments and the environment. glibc exports it
// from ld.so.
extern "C" __attribute__((weak)) void* __libc_stack_end;  // NOLINT: glibc's name.

extern char** environ;  // NOLINT: POSIX's name.

namespace cairn {
namespace {

// A handler that loads its libraries from a slow disk still works when it says nothing for this long: the
// request of a crash waits in the channel.
constexpr int kHelloTimeoutMs = 2000;

// A handler goes into the background as soon as it runs. What takes longer is another program, or hangs.
constexpr int kBackgroundTimeoutMs = 5000;
constexpr long kBackgroundStepNs = 1'000'000;

StartResult Failure(const std::string& what, int error_number) {
  return StartResult("cairn: " + what + ": " + std::strerror(error_number));
}

std::string AbsolutePath(const std::string& path) {
  std::array<char, PATH_MAX> folder{};
  if (path.starts_with('/') || getcwd(folder.data(), folder.size()) == nullptr) return path;
  return std::string(folder.data()) + "/" + path;
}

std::string Executable() {
  std::array<char, PATH_MAX> path{};
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  return {path.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

void AppendPair(std::string& packet, std::string_view key, const std::string& value) {
  packet.append(key).append(1, '\0').append(value.c_str()).append(1, '\0');
}

std::string MakeConfiguration(const Options& options) {
  std::string packet;
  AppendPair(packet, wire::kConfigProduct, options.product);
  AppendPair(packet, wire::kConfigVersion, options.version);
  AppendPair(packet, wire::kConfigChannel, options.channel);
  AppendPair(packet, wire::kConfigBuildId, options.build_id);
  AppendPair(packet, wire::kConfigDatabase, AbsolutePath(options.database));
  AppendPair(packet, wire::kConfigExecutable, Executable());
  AppendPair(packet, wire::kConfigSubmitUrl, options.submit_url);
  AppendPair(packet, wire::kConfigPingUrl, options.ping_url);
  AppendPair(packet, wire::kConfigTelemetry, options.telemetry == Telemetry::kOn ? "on" : "off");
  constexpr std::array<const char*, 3> kConsentNames = {"ask", "always", "never"};
  AppendPair(packet, wire::kConfigReportConsent,
             kConsentNames[static_cast<std::size_t>(options.report_consent)]);
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  AppendPair(packet, wire::kConfigStartTime, std::to_string(now.tv_sec * 1000 + now.tv_nsec / 1'000'000));
  return packet;
}

// Waits until the child ends. One that does not is ended: ETIMEDOUT. An application that ignores SIGCHLD, or
// waits for all children in another thread, gets the child before this does: no error.
int AwaitEnd(pid_t child) {
  const timespec step{0, kBackgroundStepNs};
  for (long waited_ns = 0; waited_ns < kBackgroundTimeoutMs * 1'000'000L; waited_ns += kBackgroundStepNs) {
    const pid_t ended = waitpid(child, nullptr, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return 0;
    nanosleep(&step, nullptr);
  }
  kill(child, SIGKILL);
  while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
  }
  return ETIMEDOUT;
}

// Runs the handler with `channel` as its descriptor 3, in a session of its own, with default signals. It
// forks once more and its first process ends, so that the application never sees it as a child. 0 or an
// errno.
int Spawn(const std::string& handler, int channel) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (const int error = posix_spawn_file_actions_init(&actions); error != 0) return error;
  if (const int error = posix_spawnattr_init(&attributes); error != 0) return error;
  posix_spawn_file_actions_adddup2(&actions, channel, wire::kHandlerChannelDescriptor);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::string name = "cairn-handler";
  const std::array<char*, 2> arguments{name.data(), nullptr};
  pid_t process = 0;
  const int error = posix_spawn(&process, handler.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return error;
  return AwaitEnd(process);
}

enum class Greeting { kReady, kSilent, kGone };

Greeting AwaitHello(int channel, wire::Hello& hello) {
  pollfd ready{channel, POLLIN, 0};
  int polled = 0;
  while ((polled = poll(&ready, 1, kHelloTimeoutMs)) < 0 && errno == EINTR) {
  }
  if (polled == 0) return Greeting::kSilent;
  const ssize_t size = recv(channel, &hello, sizeof(hello), MSG_DONTWAIT);
  const bool understood = size == sizeof(hello) && hello.version == wire::kCrashProtocolVersion;
  return understood ? Greeting::kReady : Greeting::kGone;
}

// What crash notes need: static, because it is read in the signal path.
std::array<char, PATH_MAX> note_path{};
std::array<char, wire::kMaxConfigurationBytes> note_configuration{};

// Nothing of a crash may stay on the disk where no reports are kept: then there are no notes.
internal::NoteSetup MakeNoteSetup(const Options& options, const std::string& configuration) {
  if (options.report_consent == ReportConsent::kNever) return {};
  const std::string prefix = AbsolutePath(options.database) + wire::kNewFolder + wire::kNotePrefix;
  const std::size_t prefix_size = prefix.copy(note_path.data(), note_path.size());
  const std::size_t configuration_size =
      configuration.copy(note_configuration.data(), note_configuration.size());
  return {.path_prefix = {note_path.data(), prefix_size},
          .configuration = {note_configuration.data(), configuration_size}};
}

StartResult StartHandler(const Options& options, int channel, int handler_end) {
  const std::string configuration = MakeConfiguration(options);
  const bool is_too_long = configuration.size() > wire::kMaxConfigurationBytes;
  const int error = is_too_long ? E2BIG : Spawn(options.handler, handler_end);
  // The handler holds its end now; with this copy closed its death can be seen.
  close(handler_end);
  if (is_too_long) return Failure("the options are too long", error);
  if (error == ETIMEDOUT)
    return Failure("the crash handler " + options.handler + " does not behave as one", error);
  if (error != 0) return Failure("the crash handler " + options.handler + " does not start", error);
  if (send(channel, configuration.data(), configuration.size(), MSG_NOSIGNAL) < 0) {
    return Failure("the crash handler " + options.handler + " ended at once", errno);
  }
  wire::Hello hello;
  if (AwaitHello(channel, hello) == Greeting::kGone) {
    return Failure("the crash handler " + options.handler + " ended at once (see handler.log in " +
                       options.database + ", if there is one)",
                   ECONNRESET);
  }
  const internal::CrashSetup setup{
      .channel = channel,
      .handler_process_id = hello.process_id,
      .initial_stack_pointer =
          &__libc_stack_end == nullptr ? 0 : reinterpret_cast<std::uint64_t>(__libc_stack_end),
      .note = MakeNoteSetup(options, configuration),
  };
  if (!internal::InstallCrashPath(setup)) return Failure("signal actions cannot be set", errno);
  return {};
}

}  // namespace

StartResult Start(const Options& options) {
  static std::atomic<bool> started{false};
  if (started.load()) return Failure("Start was called twice", EALREADY);
  const std::array<const std::string*, 4> required = {&options.product, &options.version, &options.database,
                                                      &options.handler};
  for (const std::string* const value : required) {
    if (value->empty()) return Failure("product, version, database and handler are all required", EINVAL);
  }
  if (access(options.handler.c_str(), X_OK) != 0) {
    return Failure("there is no crash handler " + options.handler + " that can be run", errno);
  }
  if (AbsolutePath(options.database).size() > PATH_MAX - 64)
    return Failure("the database path", ENAMETOOLONG);
  if (!InstallAlternateStack()) return Failure("an alternate signal stack", ENOMEM);
  if (started.exchange(true)) return Failure("Start was called twice", EALREADY);
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    started.store(false);
    return Failure("no channel to the crash handler", errno);
  }
  const StartResult result = StartHandler(options, ends[0], ends[1]);
  if (!result) {
    close(ends[0]);
    started.store(false);
  }
  return result;
}

}  // namespace cairn
