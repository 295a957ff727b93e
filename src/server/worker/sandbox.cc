#include "server/worker/sandbox.h"

#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <initializer_list>

namespace cairn::worker {
namespace {

base::Error LastError(std::string_view what) {
  return {base::Code::kIo, static_cast<std::uint64_t>(errno), what};
}

base::Status Limit(__rlimit_resource resource, rlim_t limit) {
  const rlimit both{limit, limit};
  if (setrlimit(resource, &both) != 0) return LastError("sandbox: limit of a resource");
  return {};
}

// Memory, time, reading and writing what is open, and the end.
constexpr int kAllowed[] = {
    SCMP_SYS(read),           SCMP_SYS(write),        SCMP_SYS(pread64),
    SCMP_SYS(pwrite64),       SCMP_SYS(lseek),        SCMP_SYS(fstat),
    SCMP_SYS(ftruncate),      SCMP_SYS(close),        SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg),        SCMP_SYS(poll),         SCMP_SYS(munmap),
    SCMP_SYS(mremap),         SCMP_SYS(madvise),      SCMP_SYS(brk),
    SCMP_SYS(futex),          SCMP_SYS(sched_yield),  SCMP_SYS(getrandom),
    SCMP_SYS(clock_gettime),  SCMP_SYS(gettimeofday), SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction), SCMP_SYS(getpid),
    SCMP_SYS(gettid),         SCMP_SYS(exit),         SCMP_SYS(restart_syscall),
    SCMP_SYS(exit_group),
};

// No honest path leads here.
constexpr int kDeadly[] = {
    SCMP_SYS(execve),           SCMP_SYS(execveat),          SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(bpf),
    SCMP_SYS(kexec_load),       SCMP_SYS(init_module),       SCMP_SYS(mount),
    SCMP_SYS(keyctl),
};

base::Status FilterSystemCalls() {
  scmp_filter_ctx const filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  if (filter == nullptr) return base::Error{base::Code::kIo, ENOMEM, "sandbox: filter"};
  int result = 0;
  for (const int call : kAllowed) {
    if (result == 0) result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
  }
  for (const int call : kDeadly) {
    if (result == 0) result = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, call, 0);
  }
  // glibc's fstat is newfstatat with AT_EMPTY_PATH; without that flag, paths could be looked at.
  if (result == 0) {
    result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 1,
                              SCMP_A3(SCMP_CMP_EQ, AT_EMPTY_PATH));
  }
  // abort() signals its own process; the server runs as the same user and must be out of reach.
  if (result == 0) {
    result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                              SCMP_A0(SCMP_CMP_EQ, static_cast<scmp_datum_t>(getpid())));
  }
  // Memory may come and change its protection, but never become code. Shared memory without a file does not
  // count towards RLIMIT_DATA, so there is none.
  const auto no_code = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
  if (result == 0) result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, no_code);
  for (const int flags : {0, MAP_ANONYMOUS | MAP_PRIVATE}) {
    const int mask = flags == 0 ? MAP_ANONYMOUS : MAP_ANONYMOUS | MAP_TYPE;
    if (result == 0) {
      result = seccomp_rule_add(
          filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, no_code,
          SCMP_A3(SCMP_CMP_MASKED_EQ, static_cast<scmp_datum_t>(mask), static_cast<scmp_datum_t>(flags)));
    }
  }
  if (result == 0) result = seccomp_load(filter);
  seccomp_release(filter);
  if (result != 0)
    return base::Error{base::Code::kIo, static_cast<std::uint64_t>(-result), "sandbox: filter"};
  return {};
}

}  // namespace

base::Status EnterSandbox(const SandboxLimits& limits) {
  // No core file of a process that holds somebody's memory, and death together with the server.
  RETURN_IF_ERROR(Limit(RLIMIT_CORE, 0));
  RETURN_IF_ERROR(Limit(RLIMIT_DATA, limits.data_bytes));
  RETURN_IF_ERROR(Limit(RLIMIT_FSIZE, limits.output_bytes));
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return LastError("sandbox: death signal");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return LastError("sandbox: privileges");
  return FilterSystemCalls();
}

}  // namespace cairn::worker
