// Windows: exception codes, from winnt.h (STATUS_...) and what runtimes raise.
#include "analysis/crash/code_names.h"
#include "analysis/crash/systems.h"

namespace cairn::crash {
namespace {

constexpr std::uint32_t kAccessViolation = 0xc0000005;
constexpr std::uint32_t kInPageError = 0xc0000006;

constexpr CodeName kExceptions[] = {
    {0x80000001, "EXCEPTION_GUARD_PAGE"},
    {0x80000002, "EXCEPTION_DATATYPE_MISALIGNMENT"},
    {0x80000003, "EXCEPTION_BREAKPOINT"},
    {0x80000004, "EXCEPTION_SINGLE_STEP"},
    {kAccessViolation, "EXCEPTION_ACCESS_VIOLATION"},
    {kInPageError, "EXCEPTION_IN_PAGE_ERROR"},
    {0xc0000008, "EXCEPTION_INVALID_HANDLE"},
    {0xc000001d, "EXCEPTION_ILLEGAL_INSTRUCTION"},
    {0xc0000025, "EXCEPTION_NONCONTINUABLE_EXCEPTION"},
    {0xc0000026, "EXCEPTION_INVALID_DISPOSITION"},
    {0xc000008c, "EXCEPTION_BOUNDS_EXCEEDED"},
    {0xc000008d, "EXCEPTION_FLT_DENORMAL_OPERAND"},
    {0xc000008e, "EXCEPTION_FLT_DIVIDE_BY_ZERO"},
    {0xc000008f, "EXCEPTION_FLT_INEXACT_RESULT"},
    {0xc0000090, "EXCEPTION_FLT_INVALID_OPERATION"},
    {0xc0000091, "EXCEPTION_FLT_OVERFLOW"},
    {0xc0000092, "EXCEPTION_FLT_STACK_CHECK"},
    {0xc0000093, "EXCEPTION_FLT_UNDERFLOW"},
    {0xc0000094, "EXCEPTION_INT_DIVIDE_BY_ZERO"},
    {0xc0000095, "EXCEPTION_INT_OVERFLOW"},
    {0xc0000096, "EXCEPTION_PRIV_INSTRUCTION"},
    {0xc00000fd, "EXCEPTION_STACK_OVERFLOW"},
    {0xc0000194, "EXCEPTION_POSSIBLE_DEADLOCK"},
    {0xc0000409, "EXCEPTION_STACK_BUFFER_OVERRUN"},
    {0xc0000374, "STATUS_HEAP_CORRUPTION"},
    {0xe0000008, "Out of Memory"},            // Chromium's base::win::kOomExceptionCode.
    {0xe06d7363, "Unhandled C++ Exception"},  // The compiler's "msc".
    {0x0517a7ed, "Simulated Exception"},      // Crashpad's DumpWithoutCrash.
};

// EXCEPTION_RECORD.ExceptionInformation[0] of an access violation.
constexpr CodeName kAccessKinds[] = {{0, "_READ"}, {1, "_WRITE"}, {8, "_EXEC"}};

}  // namespace

Reason ReadWindowsReason(const ExceptionNumbers& exception) {
  const std::string_view name = FindName(kExceptions, exception.code);
  Reason reason{name.empty() ? UnknownException(exception.code, exception.flags) : std::string(name),
                model::ProcessAddress{exception.address}};
  if (exception.code != kAccessViolation && exception.code != kInPageError) return reason;
  const std::span<const std::uint64_t> parameters = exception.parameters;
  if (!parameters.empty()) reason.text += FindName(kAccessKinds, static_cast<std::uint32_t>(parameters[0]));
  if (parameters.size() >= 2) reason.address = model::ProcessAddress{parameters[1]};
  if (exception.code == kInPageError && parameters.size() >= 3) {
    reason.text += " / " + base::ToAddress(static_cast<std::uint32_t>(parameters[2]), 8);  // An NTSTATUS.
  }
  return reason;
}

}  // namespace cairn::crash
