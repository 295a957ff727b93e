// Systems whose exceptions are one number: Fuchsia (zircon/syscalls/exception.h), Solaris
// (sys/iso/signal_iso.h) and the PlayStation 3 (the numbers of Breakpad's writer, minidump_exception_ps3.h).
// Native Client has no numbers of its own: the signals and exceptions of its host stand there as they are.
#include "analysis/crash/code_names.h"
#include "analysis/crash/systems.h"

namespace cairn::crash {
namespace {

constexpr CodeName kFuchsiaExceptions[] = {
    {0x8, "GENERAL"},
    {0x108, "FATAL_PAGE_FAULT"},
    {0x208, "UNDEFINED_INSTRUCTION"},
    {0x308, "SW_BREAKPOINT"},
    {0x408, "HW_BREAKPOINT"},
    {0x508, "UNALIGNED_ACCESS"},
    {0x8008, "THREAD_STARTING"},
    {0x8108, "THREAD_EXITING"},
    {0x8208, "POLICY_ERROR"},
    {0x8308, "PROCESS_STARTING"},
};

constexpr CodeName kSolarisSignals[] = {
    {1, "SIGHUP"},     {2, "SIGINT"},      {3, "SIGQUIT"},    {4, "SIGILL"},     {5, "SIGTRAP"},
    {6, "SIGABRT"},    {7, "SIGEMT"},      {8, "SIGFPE"},     {9, "SIGKILL"},    {10, "SIGBUS"},
    {11, "SIGSEGV"},   {12, "SIGSYS"},     {13, "SIGPIPE"},   {14, "SIGALRM"},   {15, "SIGTERM"},
    {16, "SIGUSR1"},   {17, "SIGUSR2"},    {18, "SIGCLD"},    {19, "SIGPWR"},    {20, "SIGWINCH"},
    {21, "SIGURG"},    {22, "SIGPOLL"},    {23, "SIGSTOP"},   {24, "SIGTSTP"},   {25, "SIGCONT"},
    {26, "SIGTTIN"},   {27, "SIGTTOU"},    {28, "SIGVTALRM"}, {29, "SIGPROF"},   {30, "SIGXCPU"},
    {31, "SIGXFSZ"},   {32, "SIGWAITING"}, {33, "SIGLWP"},    {34, "SIGFREEZE"}, {35, "SIGTHAW"},
    {36, "SIGCANCEL"}, {37, "SIGLOST"},    {38, "SIGXRES"},   {39, "SIGJVM1"},   {40, "SIGJVM2"},
};

constexpr CodeName kPs3Exceptions[] = {
    {0, "UNKNOWN"},
    {1, "TRAP_EXCEP"},
    {2, "PRIV_INSTR"},
    {3, "ILLEGAL_INSTR"},
    {4, "INSTR_STORAGE"},
    {5, "INSTR_SEGMENT"},
    {6, "DATA_STORAGE"},
    {7, "DATA_SEGMENT"},
    {8, "FLOAT_POINT"},
    {9, "DABR_MATCH"},
    {10, "ALIGN_EXCEP"},
    {11, "MEMORY_ACCESS"},
    {12, "COPRO_ALIGN"},
    {13, "COPRO_INVALID_COM"},
    {14, "COPRO_ERR"},
    {15, "COPRO_FIR"},
    {16, "COPRO_DATA_SEGMENT"},
    {17, "COPRO_DATA_STORAGE"},
    {18, "COPRO_STOP_INSTR"},
    {19, "COPRO_HALT_INSTR"},
    {20, "COPRO_HALTINST_UNKNOWN"},
    {21, "COPRO_MEMORY_ACCESS"},
};

std::span<const CodeName> NamesOf(model::Os os) {
  switch (os) {
    case model::Os::kFuchsia: return kFuchsiaExceptions;
    case model::Os::kSolaris: return kSolarisSignals;
    case model::Os::kPs3: return kPs3Exceptions;
    default: return {};
  }
}

}  // namespace

Reason ReadOtherReason(model::Os os, const ExceptionNumbers& exception) {
  const std::string_view name = FindName(NamesOf(os), exception.code);
  return {name.empty() ? UnknownException(exception.code, exception.flags) : std::string(name),
          model::ProcessAddress{exception.address}};
}

}  // namespace cairn::crash
