// Linux and Android: signals and si_codes, from the kernel's asm-generic/signal.h and asm-generic/siginfo.h.
#include "analysis/crash/code_names.h"
#include "analysis/crash/systems.h"

namespace cairn::crash {
namespace {

enum Signal : std::uint32_t {
  kSigIll = 4,
  kSigTrap = 5,
  kSigBus = 7,
  kSigFpe = 8,
  kSigSegv = 11,
  kSigSys = 31
};

// Breakpad's writer for a dump that was asked for without a crash: MD_EXCEPTION_CODE_LIN_DUMP_REQUESTED.
constexpr std::uint32_t kDumpRequested = 0xffffffff;

constexpr CodeName kSignals[] = {
    {1, "SIGHUP"},         {2, "SIGINT"},     {3, "SIGQUIT"},        {kSigIll, "SIGILL"},
    {kSigTrap, "SIGTRAP"}, {6, "SIGABRT"},    {kSigBus, "SIGBUS"},   {kSigFpe, "SIGFPE"},
    {9, "SIGKILL"},        {10, "SIGUSR1"},   {kSigSegv, "SIGSEGV"}, {12, "SIGUSR2"},
    {13, "SIGPIPE"},       {14, "SIGALRM"},   {15, "SIGTERM"},       {16, "SIGSTKFLT"},
    {17, "SIGCHLD"},       {18, "SIGCONT"},   {19, "SIGSTOP"},       {20, "SIGTSTP"},
    {21, "SIGTTIN"},       {22, "SIGTTOU"},   {23, "SIGURG"},        {24, "SIGXCPU"},
    {25, "SIGXFSZ"},       {26, "SIGVTALRM"}, {27, "SIGPROF"},       {28, "SIGWINCH"},
    {29, "SIGIO"},         {30, "SIGPWR"},    {kSigSys, "SIGSYS"},   {kDumpRequested, "DUMP_REQUESTED"},
};

constexpr CodeName kIllCodes[] = {
    {1, "ILL_ILLOPC"}, {2, "ILL_ILLOPN"}, {3, "ILL_ILLADR"}, {4, "ILL_ILLTRP"},   {5, "ILL_PRVOPC"},
    {6, "ILL_PRVREG"}, {7, "ILL_COPROC"}, {8, "ILL_BADSTK"}, {9, "ILL_BADIADDR"},
};
constexpr CodeName kTrapCodes[] = {
    {1, "TRAP_BRKPT"},  {2, "TRAP_TRACE"}, {3, "TRAP_BRANCH"},
    {4, "TRAP_HWBKPT"}, {5, "TRAP_UNK"},   {6, "TRAP_PERF"},
};
constexpr CodeName kFpeCodes[] = {
    {1, "FPE_INTDIV"}, {2, "FPE_INTOVF"}, {3, "FPE_FLTDIV"}, {4, "FPE_FLTOVF"},  {5, "FPE_FLTUND"},
    {6, "FPE_FLTRES"}, {7, "FPE_FLTINV"}, {8, "FPE_FLTSUB"}, {14, "FPE_FLTUNK"}, {15, "FPE_CONDTRAP"},
};
constexpr CodeName kSegvCodes[] = {
    {1, "SEGV_MAPERR"},  {2, "SEGV_ACCERR"},  {3, "SEGV_BNDERR"},  {4, "SEGV_PKUERR"},  {5, "SEGV_ACCADI"},
    {6, "SEGV_ADIDERR"}, {7, "SEGV_ADIPERR"}, {8, "SEGV_MTEAERR"}, {9, "SEGV_MTESERR"}, {10, "SEGV_CPERR"},
};
constexpr CodeName kBusCodes[] = {
    {1, "BUS_ADRALN"}, {2, "BUS_ADRERR"}, {3, "BUS_OBJERR"}, {4, "BUS_MCEERR_AR"}, {5, "BUS_MCEERR_AO"},
};
constexpr CodeName kSysCodes[] = {{1, "SYS_SECCOMP"}, {2, "SYS_USER_DISPATCH"}};

// Codes that any signal may have. Negative ones stand as the two's complement that a dump holds.
constexpr std::uint32_t kSiUser = 0;
constexpr std::uint32_t kSiKernel = 0x80;
constexpr CodeName kAnySignalCodes[] = {
    {kSiKernel, "SI_KERNEL"}, {0xffffffff, "SI_QUEUE"},    {0xfffffffe, "SI_TIMER"},
    {0xfffffffd, "SI_MESGQ"}, {0xfffffffc, "SI_ASYNCIO"},  {0xfffffffb, "SI_SIGIO"},
    {0xfffffffa, "SI_TKILL"}, {0xfffffff9, "SI_DETHREAD"}, {0xffffffc4, "SI_ASYNCNL"},
};

struct SignalCodes {
  std::uint32_t signal;
  std::span<const CodeName> codes;
};
// The signals that the kernel raises for what the thread itself did; only these have an address.
constexpr SignalCodes kFaults[] = {
    {kSigIll, kIllCodes},   {kSigTrap, kTrapCodes}, {kSigFpe, kFpeCodes},
    {kSigSegv, kSegvCodes}, {kSigBus, kBusCodes},   {kSigSys, kSysCodes},
};

const SignalCodes* FindFault(std::uint32_t signal) {
  for (const SignalCodes& fault : kFaults) {
    if (fault.signal == signal) return &fault;
  }
  return nullptr;
}

std::string CodeText(std::uint32_t signal, std::uint32_t code) {
  if (code == kSiUser) return {};
  const SignalCodes* const fault = FindFault(signal);
  if (const std::string_view name = fault != nullptr ? FindName(fault->codes, code) : std::string_view();
      !name.empty()) {
    return std::string(name);
  }
  return NameOrHex(kAnySignalCodes, code);
}

// In siginfo_t, si_pid and si_uid of a sent signal lie where si_addr of a fault does. A code below zero is a
// sent signal. So is SI_USER, which is zero; but Breakpad's writers before 2016 stored zero for faults too
// (seen in linux_write_to_outside_module.dmp), so there the address decides whether it can be a sender.
bool IsSender(const ExceptionNumbers& exception) {
  constexpr std::uint32_t kMaxProcessId = 1u << 22;  // PID_MAX_LIMIT, linux/threads.h.
  if (static_cast<std::int32_t>(exception.flags) < 0) return true;
  if (exception.flags != kSiUser) return false;
  const auto process_id = static_cast<std::uint32_t>(exception.address);
  const std::uint64_t user_id = exception.address >> 32;
  return exception.process_id == process_id ||
         (user_id != 0 && process_id != 0 && process_id <= kMaxProcessId);
}

}  // namespace

Reason ReadLinuxReason(const ExceptionNumbers& exception) {
  const std::string_view name = FindName(kSignals, exception.code);
  if (name.empty()) {
    return {UnknownException(exception.code, exception.flags), model::ProcessAddress{exception.address}};
  }
  Reason reason{std::string(name), std::nullopt};
  if (exception.code == kDumpRequested) return reason;
  if (const std::string code = CodeText(exception.code, exception.flags); !code.empty())
    reason.text += " / " + code;
  if (FindFault(exception.code) != nullptr && !IsSender(exception)) {
    reason.address = model::ProcessAddress{exception.address};
  }
  return reason;
}

}  // namespace cairn::crash
