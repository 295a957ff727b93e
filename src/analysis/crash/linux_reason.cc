// Linux and Android: signals and si_codes, from the kernel's asm-generic/signal.h and asm-generic/siginfo.h,
// and what arch/mips numbers otherwise.
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
  kSigChld = 17,
  kSigIo = 29,
  kSigSys = 31
};

// Breakpad's writer for a dump that was asked for without a crash: MD_EXCEPTION_CODE_LIN_DUMP_REQUESTED.
constexpr std::uint32_t kDumpRequested = 0xffffffff;

constexpr CodeName kSignals[] = {
    {1, "SIGHUP"},         {2, "SIGINT"},     {3, "SIGQUIT"},        {kSigIll, "SIGILL"},
    {kSigTrap, "SIGTRAP"}, {6, "SIGABRT"},    {kSigBus, "SIGBUS"},   {kSigFpe, "SIGFPE"},
    {9, "SIGKILL"},        {10, "SIGUSR1"},   {kSigSegv, "SIGSEGV"}, {12, "SIGUSR2"},
    {13, "SIGPIPE"},       {14, "SIGALRM"},   {15, "SIGTERM"},       {16, "SIGSTKFLT"},
    {kSigChld, "SIGCHLD"}, {18, "SIGCONT"},   {19, "SIGSTOP"},       {20, "SIGTSTP"},
    {21, "SIGTTIN"},       {22, "SIGTTOU"},   {23, "SIGURG"},        {24, "SIGXCPU"},
    {25, "SIGXFSZ"},       {26, "SIGVTALRM"}, {27, "SIGPROF"},       {28, "SIGWINCH"},
    {kSigIo, "SIGIO"},     {30, "SIGPWR"},    {kSigSys, "SIGSYS"},   {kDumpRequested, "DUMP_REQUESTED"},
};

// MIPS numbers signals as System V did. All that differ are here; `same` is the number elsewhere.
constexpr struct {
  std::uint32_t mips;
  std::uint32_t same;
} kMipsSignals[] = {
    {10, kSigBus}, {12, kSigSys}, {16, 10}, {17, 12}, {18, 17}, {19, 30}, {20, 28}, {21, 23}, {22, 29},
    {23, 19},      {24, 20},      {25, 18}, {26, 21}, {27, 22}, {28, 26}, {29, 27}, {30, 24}, {31, 25},
};
constexpr std::uint32_t kMipsSigEmt = 7;

bool IsMips(model::Cpu cpu) { return cpu == model::Cpu::kMips || cpu == model::Cpu::kMips64; }

// The number that other CPUs have for a signal; nothing for SIGEMT, which they do not have.
std::optional<std::uint32_t> CommonSignal(model::Cpu cpu, std::uint32_t signal) {
  if (!IsMips(cpu)) return signal;
  for (const auto& row : kMipsSignals) {
    if (row.mips == signal) return row.same;
  }
  if (signal == kMipsSigEmt) return std::nullopt;
  return signal;
}

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
constexpr CodeName kChildCodes[] = {
    {1, "CLD_EXITED"},  {2, "CLD_KILLED"},  {3, "CLD_DUMPED"},
    {4, "CLD_TRAPPED"}, {5, "CLD_STOPPED"}, {6, "CLD_CONTINUED"},
};
constexpr CodeName kPollCodes[] = {
    {1, "POLL_IN"}, {2, "POLL_OUT"}, {3, "POLL_MSG"}, {4, "POLL_ERR"}, {5, "POLL_PRI"}, {6, "POLL_HUP"},
};

// Codes that any signal may have. Negative ones stand as the two's complement that a dump holds.
constexpr std::uint32_t kSiUser = 0;
constexpr std::uint32_t kSiKernel = 0x80;
constexpr CodeName kAnySignalCodes[] = {
    {kSiKernel, "SI_KERNEL"}, {0xffffffff, "SI_QUEUE"},    {0xfffffffe, "SI_TIMER"},
    {0xfffffffd, "SI_MESGQ"}, {0xfffffffc, "SI_ASYNCIO"},  {0xfffffffb, "SI_SIGIO"},
    {0xfffffffa, "SI_TKILL"}, {0xfffffff9, "SI_DETHREAD"}, {0xffffffc4, "SI_ASYNCNL"},
};

constexpr CodeName kMipsSignalCodes[] = {
    {0xfffffffe, "SI_ASYNCIO"}, {0xfffffffd, "SI_TIMER"}, {0xfffffffc, "SI_MESGQ"}};

struct SignalCodes {
  std::uint32_t signal;
  bool is_fault;  // The kernel raises it for what the thread itself did; only these have an address.
  std::span<const CodeName> codes;
};
constexpr SignalCodes kCodes[] = {
    {kSigIll, true, kIllCodes},     {kSigTrap, true, kTrapCodes}, {kSigFpe, true, kFpeCodes},
    {kSigSegv, true, kSegvCodes},   {kSigBus, true, kBusCodes},   {kSigSys, true, kSysCodes},
    {kSigChld, false, kChildCodes}, {kSigIo, false, kPollCodes},
};

const SignalCodes* FindCodes(std::uint32_t signal) {
  for (const SignalCodes& row : kCodes) {
    if (row.signal == signal) return &row;
  }
  return nullptr;
}

std::string CodeText(model::Cpu cpu, std::uint32_t signal, std::uint32_t code) {
  if (code == kSiUser) return {};
  std::string_view name;
  if (const SignalCodes* const own = FindCodes(signal)) name = FindName(own->codes, code);
  if (name.empty() && IsMips(cpu)) name = FindName(kMipsSignalCodes, code);
  return name.empty() ? NameOrHex(kAnySignalCodes, code) : std::string(name);
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

Reason ReadLinuxReason(model::Cpu cpu, const ExceptionNumbers& exception) {
  const std::optional<std::uint32_t> signal = CommonSignal(cpu, exception.code);
  const std::string_view name = signal ? FindName(kSignals, *signal) : "SIGEMT";
  if (name.empty()) {
    return {UnknownException(exception.code, exception.flags), model::ProcessAddress{exception.address}};
  }
  Reason reason{std::string(name), std::nullopt};
  if (exception.code == kDumpRequested) return reason;
  if (const std::string code = CodeText(cpu, signal.value_or(0), exception.flags); !code.empty()) {
    reason.text.append(" / ").append(code);
  }
  const SignalCodes* const codes = FindCodes(signal.value_or(0));
  if (codes != nullptr && codes->is_fault && !IsSender(exception)) {
    reason.address = model::ProcessAddress{exception.address};
  }
  return reason;
}

}  // namespace cairn::crash
