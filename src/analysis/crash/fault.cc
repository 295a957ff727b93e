#include "analysis/crash/fault.h"

namespace cairn::crash {
namespace {

using Kind = Fault::Kind;

Kind WindowsKind(const ExceptionNumbers& exception) {
  switch (exception.code) {
    case 0xc0000005: return Kind::kAccess;  // EXCEPTION_ACCESS_VIOLATION
    case 0xc00000fd: return Kind::kStackOverflow;
    case 0xc0000094: return Kind::kDivideByZero;           // EXCEPTION_INT_DIVIDE_BY_ZERO
    case 0xc0000096: return Kind::kPrivilegedInstruction;  // EXCEPTION_PRIV_INSTRUCTION
    default: return Kind::kOther;
  }
}

Fault WindowsFault(const ExceptionNumbers& exception, model::ProcessAddress address) {
  Fault fault{.kind = WindowsKind(exception), .address = address};
  if (fault.kind != Kind::kAccess) return fault;
  if (exception.parameters.size() < 2) return {.address = address};
  // EXCEPTION_RECORD.ExceptionInformation[0].
  if (exception.parameters[0] == 0) fault.access = model::AccessKind::kRead;
  if (exception.parameters[0] == 1) fault.access = model::AccessKind::kWrite;
  fault.is_execution = exception.parameters[0] == 8;
  // What Windows makes of a general protection fault: a read of the last address.
  constexpr std::uint64_t kNoAddress = ~std::uint64_t{0};
  if (exception.parameters[0] == 0 && exception.parameters[1] == kNoAddress)
    fault.kind = Kind::kGeneralProtection;
  return fault;
}

Fault MacFault(const ExceptionNumbers& exception, model::ProcessAddress address) {
  constexpr std::uint32_t kBadAccess = 1;
  constexpr std::uint32_t kArithmetic = 3;
  constexpr std::uint32_t kGeneralProtection = 13;  // EXC_I386_GPFLT
  constexpr std::uint32_t kDivide = 1;              // EXC_I386_DIV
  Fault fault{.address = address};
  if (exception.code == kBadAccess) {
    const bool has_no_address = exception.flags == kGeneralProtection && exception.address == 0;
    fault.kind = has_no_address ? Kind::kGeneralProtection : Kind::kAccess;
  } else if (exception.code == kArithmetic && exception.flags == kDivide) {
    fault.kind = Kind::kDivideByZero;
  }
  return fault;
}

Fault LinuxFault(const ExceptionNumbers& exception, model::ProcessAddress address) {
  constexpr std::uint32_t kSigIll = 4;
  constexpr std::uint32_t kSigBus = 7;
  constexpr std::uint32_t kSigFpe = 8;
  constexpr std::uint32_t kSigSegv = 11;
  constexpr std::uint32_t kSiKernel = 0x80;
  Fault fault{.address = address};
  if (exception.code == kSigSegv || exception.code == kSigBus) {
    const bool has_no_address = exception.flags == kSiKernel && exception.address == 0;
    fault.kind = has_no_address ? Kind::kGeneralProtection : Kind::kAccess;
  } else if (exception.code == kSigFpe && exception.flags == 1) {  // FPE_INTDIV
    fault.kind = Kind::kDivideByZero;
  } else if (exception.code == kSigIll && exception.flags == 5) {  // ILL_PRVOPC
    fault.kind = Kind::kPrivilegedInstruction;
  }
  return fault;
}

}  // namespace

Fault ClassifyFault(const model::SystemInfo& system, const ExceptionNumbers& exception,
                    std::optional<model::ProcessAddress> address) {
  if (!address) return {};
  switch (system.os) {
    case model::Os::kWindows: return WindowsFault(exception, *address);
    case model::Os::kMacOs:
    case model::Os::kIos: return MacFault(exception, *address);
    case model::Os::kLinux:
    case model::Os::kAndroid: return LinuxFault(exception, *address);
    default: return {.address = *address};
  }
}

}  // namespace cairn::crash
