// Loaded before libc into cairn-server (LD_PRELOAD) it ends the server at a chosen call, makes its disk full
// or read-only, and moves its clock. The server knows nothing of it.
//
//   CAIRN_CHAOS_KILL=POINT:NUMBER:MODE  SIGKILL at the NUMBERth call of the point (from 1): "before" the
//   call,
//                                       "after" it, or "torn", in the middle of what it writes
//   CAIRN_CHAOS_DATA=FOLDER             the data folder: faults of the disk are only there
//   CAIRN_CHAOS_CONTROL=FILE            16 bytes, which may change at any time: the errno that writing gives,
//   or
//                                       0 (int64), and by how many nanoseconds the wall clock is wrong
//                                       (int64)
//   CAIRN_CHAOS_LOG=FILE                the point is appended to it before the kill
//
// A point is a kind of call on a kind of file; the names are those of the roles' steps: see kPoints.
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

constexpr long kNanoseconds = 1'000'000'000;

enum Call : unsigned { kWrite = 1, kSync = 2, kName = 4, kReceive = 8, kSend = 16 };

struct Point {
  std::string_view name;
  unsigned calls;
  bool (*holds)(std::string_view path);  // Of a file, "tcp" or "unix".
};

bool IsIndex(std::string_view path) { return path.find("/index/") != path.npos; }
bool EndsWith(std::string_view path, std::string_view end) {
  return path.size() >= end.size() && path.substr(path.size() - end.size()) == end;
}

constexpr Point kPoints[] = {
    {"receive", kReceive, [](std::string_view path) { return path == "tcp"; }},
    {"answer", kSend, [](std::string_view path) { return path == "tcp"; }},
    {"spool", kWrite, [](std::string_view path) { return EndsWith(path, ".pings"); }},
    {"spool-sync", kSync, [](std::string_view path) { return EndsWith(path, ".pings"); }},
    {"fold-in", kWrite, [](std::string_view path) { return EndsWith(path, "/pings.sqlite-wal"); }},
    {"fold-in-sync", kSync, [](std::string_view path) { return EndsWith(path, "/pings.sqlite-wal"); }},
    {"publish", kWrite, [](std::string_view path) { return path.find("/blobs/") != path.npos; }},
    {"publish-name", kName, [](std::string_view path) { return path.find("/blobs/") != path.npos; }},
    {"publish-sync", kSync, [](std::string_view path) { return path.find("/blobs") != path.npos; }},
    {"queue", kWrite, [](std::string_view path) { return EndsWith(path, "/queue.sqlite-wal"); }},
    {"process", kSend, [](std::string_view path) { return path == "unix"; }},
    {"outcome", kReceive, [](std::string_view path) { return path == "unix"; }},
    {"index", kWrite, [](std::string_view path) { return IsIndex(path) && EndsWith(path, ".wal"); }},
    {"index-sync", kSync, [](std::string_view path) { return IsIndex(path) && EndsWith(path, ".wal"); }},
    {"checkpoint", kWrite,
     [](std::string_view path) {
       return (IsIndex(path) && EndsWith(path, ".duckdb")) || EndsWith(path, ".sqlite");
     }},
};

enum class Mode { kBefore, kAfter, kTorn };

struct Control {
  std::atomic<std::int64_t> fault;
  std::atomic<std::int64_t> clock_offset_ns;
};

const Point* armed = nullptr;
std::uint64_t wanted = 0;
Mode mode = Mode::kBefore;
std::atomic<std::uint64_t> reached = 0;
Control* control = nullptr;
char data_folder[1024];
char log_file[1024];

template <typename Function>
Function* Next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

void ReadKill(const char* text) {
  const std::string_view wish = text;
  const std::size_t colon = wish.find(':');
  for (const Point& point : kPoints) {
    if (point.name == wish.substr(0, colon)) armed = &point;
  }
  char* rest = nullptr;
  if (colon != wish.npos) wanted = std::strtoull(text + colon + 1, &rest, 10);
  const std::string_view word = rest != nullptr && *rest == ':' ? rest + 1 : "";
  mode = word == "after" ? Mode::kAfter : word == "torn" ? Mode::kTorn : Mode::kBefore;
  if (armed == nullptr || wanted == 0) {
    std::fprintf(stderr, "kill points: %s: there is no such point\n", text);
    _exit(2);
  }
}

__attribute__((constructor)) void Prepare() {
  char program[1024];
  const ssize_t length = readlink("/proc/self/exe", program, sizeof(program));
  if (length <= 0 || !EndsWith({program, static_cast<std::size_t>(length)}, "/cairn-server")) return;
  if (const char* const folder = std::getenv("CAIRN_CHAOS_DATA")) {
    std::snprintf(data_folder, sizeof(data_folder), "%s", folder);
  }
  if (const char* const file = std::getenv("CAIRN_CHAOS_LOG"))
    std::snprintf(log_file, sizeof(log_file), "%s", file);
  if (const char* const file = std::getenv("CAIRN_CHAOS_CONTROL")) {
    const int fd = open(file, O_RDWR | O_CLOEXEC);
    void* const memory = mmap(nullptr, sizeof(Control), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory != MAP_FAILED) control = static_cast<Control*>(memory);
    close(fd);
  }
  if (const char* const wish = std::getenv("CAIRN_CHAOS_KILL")) ReadKill(wish);
}

void Die() {
  const int fd =
      static_cast<int>(syscall(SYS_openat, AT_FDCWD, log_file, O_WRONLY | O_APPEND | O_CREAT, 0600));
  char line[128];
  const int length = std::snprintf(line, sizeof(line), "%.*s %llu\n", static_cast<int>(armed->name.size()),
                                   armed->name.data(), static_cast<unsigned long long>(wanted));
  if (fd >= 0) syscall(SYS_write, fd, line, length);
  syscall(SYS_kill, getpid(), SIGKILL);
}

// What a descriptor is open on.
std::string_view PathOf(int fd, char (&buffer)[1024]) {
  char link[64];
  std::snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  const ssize_t length = readlink(link, buffer, sizeof(buffer));
  const std::string_view path(buffer, static_cast<std::size_t>(length > 0 ? length : 0));
  if (path.substr(0, 7) != "socket:") return path;
  int domain = 0;
  socklen_t size = sizeof(domain);
  getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size);
  return domain == AF_UNIX ? "unix" : "tcp";
}

// Whether this is the call to die at. Dies of "before" itself.
bool IsTheCall(Call call, std::string_view path) {
  if (armed == nullptr || (armed->calls & call) == 0 || !armed->holds(path)) return false;
  if (++reached != wanted) return false;
  if (mode == Mode::kBefore) Die();
  return true;
}
bool IsTheCall(Call call, int fd) {
  if (armed == nullptr || (armed->calls & call) == 0) return false;
  char buffer[1024];
  return IsTheCall(call, PathOf(fd, buffer));
}

// The errno of a disk that is at fault; 0 if it is not.
int FaultAt(std::string_view path) {
  if (control == nullptr || control->fault == 0 || *data_folder == '\0') return 0;
  return path.substr(0, std::strlen(data_folder)) == data_folder ? static_cast<int>(control->fault) : 0;
}
int FaultAt(int fd) {
  if (control == nullptr || control->fault == 0) return 0;
  char buffer[1024];
  return FaultAt(PathOf(fd, buffer));
}

bool Refuses(int fault) {
  if (fault != 0) errno = fault;
  return fault != 0;
}

// A call that gives how many bytes it took: `whole` does it, `half` a part of it.
template <typename Whole, typename Half>
ssize_t Transfer(Call call, int fd, const Whole& whole, const Half& half) {
  if ((call == kWrite) && Refuses(FaultAt(fd))) return -1;
  const bool dies = IsTheCall(call, fd);
  const ssize_t result = dies && mode == Mode::kTorn ? half() : whole();
  if (dies) Die();
  return result;
}

template <typename Whole>
auto Step(Call call, int fd, const Whole& whole) {
  const bool dies = IsTheCall(call, fd);
  const auto result = whole();
  if (dies) Die();
  return result;
}

template <typename Whole>
int Naming(const char* to, const Whole& whole) {
  if (Refuses(FaultAt(to))) return -1;
  const bool dies = IsTheCall(kName, to);
  const int result = whole();
  if (dies) Die();
  return result;
}

// A descriptor that write() is called on may be a socket.
Call WriteOn(int fd) {
  if (armed == nullptr || (armed->calls & kSend) == 0) return kWrite;
  char buffer[1024];
  const std::string_view path = PathOf(fd, buffer);
  return path == "unix" || path == "tcp" ? kSend : kWrite;
}

std::int64_t ClockOffset() { return control == nullptr ? 0 : control->clock_offset_ns.load(); }

// A full disk opens what is there, a read-only one nothing to write to.
bool IsRefused(const char* path, int flags) {
  const int fault = FaultAt(path);
  const bool makes = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  const bool writes = (flags & O_ACCMODE) != O_RDONLY;
  return (fault == EROFS ? makes || writes : makes) && Refuses(fault);
}

mode_t ModeOf(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE ? va_arg(arguments, mode_t) : 0;
}

}  // namespace

extern "C" {

ssize_t write(int fd, const void* bytes, size_t size) {
  static auto* const next = Next<ssize_t(int, const void*, size_t)>("write");
  return Transfer(
      WriteOn(fd), fd, [&] { return next(fd, bytes, size); }, [&] { return next(fd, bytes, size / 2); });
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  static auto* const next = Next<ssize_t(int, const void*, size_t, off_t)>("pwrite");
  return Transfer(
      kWrite, fd, [&] { return next(fd, bytes, size, offset); },
      [&] { return next(fd, bytes, size / 2, offset); });
}

ssize_t pwrite64(int fd, const void* bytes, size_t size, off64_t offset) {
  static auto* const next = Next<ssize_t(int, const void*, size_t, off64_t)>("pwrite64");
  return Transfer(
      kWrite, fd, [&] { return next(fd, bytes, size, offset); },
      [&] { return next(fd, bytes, size / 2, offset); });
}

ssize_t writev(int fd, const iovec* pieces, int count) {
  static auto* const next = Next<ssize_t(int, const iovec*, int)>("writev");
  return Transfer(
      WriteOn(fd), fd, [&] { return next(fd, pieces, count); },
      [&] { return next(fd, pieces, (count + 1) / 2); });
}

ssize_t pwritev(int fd, const iovec* pieces, int count, off_t offset) {
  static auto* const next = Next<ssize_t(int, const iovec*, int, off_t)>("pwritev");
  return Transfer(
      kWrite, fd, [&] { return next(fd, pieces, count, offset); },
      [&] { return next(fd, pieces, (count + 1) / 2, offset); });
}

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  static auto* const next = Next<ssize_t(int, const void*, size_t, int)>("send");
  return Transfer(
      kSend, fd, [&] { return next(fd, bytes, size, flags); },
      [&] { return next(fd, bytes, size / 2, flags); });
}

ssize_t sendmsg(int fd, const msghdr* message, int flags) {
  static auto* const next = Next<ssize_t(int, const msghdr*, int)>("sendmsg");
  const auto whole = [&] { return next(fd, message, flags); };
  return Transfer(kSend, fd, whole, whole);
}

ssize_t recv(int fd, void* bytes, size_t size, int flags) {
  static auto* const next = Next<ssize_t(int, void*, size_t, int)>("recv");
  return Step(kReceive, fd, [&] { return next(fd, bytes, size, flags); });
}

ssize_t recvmsg(int fd, msghdr* message, int flags) {
  static auto* const next = Next<ssize_t(int, msghdr*, int)>("recvmsg");
  return Step(kReceive, fd, [&] { return next(fd, message, flags); });
}

int fsync(int fd) {
  static auto* const next = Next<int(int)>("fsync");
  return Step(kSync, fd, [&] { return next(fd); });
}

int fdatasync(int fd) {
  static auto* const next = Next<int(int)>("fdatasync");
  return Step(kSync, fd, [&] { return next(fd); });
}

int syncfs(int fd) noexcept {
  static auto* const next = Next<int(int)>("syncfs");
  return Step(kSync, fd, [&] { return next(fd); });
}

int rename(const char* from, const char* to) noexcept {
  static auto* const next = Next<int(const char*, const char*)>("rename");
  return Naming(to, [&] { return next(from, to); });
}

int link(const char* from, const char* to) noexcept {
  static auto* const next = Next<int(const char*, const char*)>("link");
  return Naming(to, [&] { return next(from, to); });
}

int linkat(int from_folder, const char* from, int to_folder, const char* to, int flags) noexcept {
  static auto* const next = Next<int(int, const char*, int, const char*, int)>("linkat");
  return Naming(to, [&] { return next(from_folder, from, to_folder, to, flags); });
}

int unlink(const char* path) noexcept {
  static auto* const next = Next<int(const char*)>("unlink");
  return FaultAt(path) == EROFS && Refuses(EROFS) ? -1 : next(path);
}

int mkdir(const char* path, mode_t permissions) noexcept {
  static auto* const next = Next<int(const char*, mode_t)>("mkdir");
  return Refuses(FaultAt(path)) ? -1 : next(path, permissions);
}

int open(const char* path, int flags, ...) {
  static auto* const next = Next<int(const char*, int, ...)>("open");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t permissions = ModeOf(flags, arguments);
  va_end(arguments);
  return IsRefused(path, flags) ? -1 : next(path, flags, permissions);
}

int open64(const char* path, int flags, ...) {
  static auto* const next = Next<int(const char*, int, ...)>("open64");
  va_list arguments;
  va_start(arguments, flags);
  const mode_t permissions = ModeOf(flags, arguments);
  va_end(arguments);
  return IsRefused(path, flags) ? -1 : next(path, flags, permissions);
}

int clock_gettime(clockid_t clock, timespec* time) noexcept {
  static auto* const next = Next<int(clockid_t, timespec*)>("clock_gettime");
  const int result = next(clock, time);
  const std::int64_t offset = ClockOffset();
  if (result != 0 || offset == 0 || (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE))
    return result;
  const std::int64_t moment = time->tv_sec * kNanoseconds + time->tv_nsec + offset;
  *time = {moment / kNanoseconds, moment % kNanoseconds};
  return result;
}

int gettimeofday(timeval* time, void*) noexcept {
  timespec now{};
  const int result = clock_gettime(CLOCK_REALTIME, &now);
  *time = {now.tv_sec, now.tv_nsec / 1000};
  return result;
}

time_t time(time_t* place) noexcept {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  if (place != nullptr) *place = now.tv_sec;
  return now.tv_sec;
}

}  // extern "C"
