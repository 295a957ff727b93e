// Windows: exception codes, from winnt.h (STATUS_...) and what runtimes raise.
#include "analysis/crash/code_names.h"
#include "analysis/crash/systems.h"
#include "analysis/crash/windows_codes.h"

namespace cairn::crash {
namespace {

constexpr std::uint32_t kAccessViolation = 0xc0000005;
constexpr std::uint32_t kInPageError = 0xc0000006;
constexpr std::uint32_t kStackBufferOverrun = 0xc0000409;

// What differs from the name of the NTSTATUS with that number.
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
    {0xe0000008, "Out of Memory"},            // Chromium's base::win::kOomExceptionCode.
    {0xe06d7363, "Unhandled C++ Exception"},  // The compiler's "msc".
    {0x0517a7ed, "Simulated Exception"},      // Crashpad's DumpWithoutCrash.
};

// EXCEPTION_RECORD.ExceptionInformation[0] of an access violation.
constexpr CodeName kAccessKinds[] = {{0, "_READ"}, {1, "_WRITE"}, {8, "_EXEC"}};

std::string_view AccessKind(std::uint64_t parameter) {
  return parameter > 8 ? std::string_view() : FindName(kAccessKinds, static_cast<std::uint32_t>(parameter));
}

// The name of an exception's code. A number without a severity is what someone passed to RaiseException: of
// those only RPC's are errors of the system. rust-minidump calls every small number by the Win32 error that
// it would be elsewhere; so Unreal's code 1 of a failed ensure() becomes ERROR_INVALID_FUNCTION there.
std::string ExceptionName(std::uint32_t code) {
  if (const std::string_view name = FindName(kExceptions, code); !name.empty()) return std::string(name);
  if (std::string name = SeverityCodeName(code); !name.empty()) return name;
  if (const std::string_view name = RpcStatusName(code); !name.empty()) return std::string(name);
  return "unknown " + base::ToAddress(code, 8);
}

std::string NameOr32BitHex(std::string_view name, std::uint32_t code) {
  return name.empty() ? base::ToAddress(code, 8) : std::string(name);
}

}  // namespace

Reason ReadWindowsReason(const ExceptionNumbers& exception) {
  const std::span<const std::uint64_t> parameters = exception.parameters;
  Reason reason{ExceptionName(exception.code), model::ProcessAddress{exception.address}};
  if (exception.code == kStackBufferOverrun && !parameters.empty()) {
    const auto code = static_cast<std::uint32_t>(parameters[0]);
    reason.text = "EXCEPTION_STACK_BUFFER_OVERRUN / " + NameOr32BitHex(FastFailName(code), code);
  }
  if (exception.code != kAccessViolation && exception.code != kInPageError) return reason;
  if (parameters.size() >= 2) reason.address = model::ProcessAddress{parameters[1]};
  const std::string_view kind = parameters.empty() ? std::string_view() : AccessKind(parameters[0]);
  if (kind.empty()) return reason;
  if (exception.code == kAccessViolation) {
    reason.text.append(kind);
  } else if (parameters.size() >= 3) {
    const auto status = static_cast<std::uint32_t>(parameters[2]);
    reason.text.append(kind).append(" / ").append(NameOr32BitHex(NtStatusName(status), status));
  }
  return reason;
}

}  // namespace cairn::crash
