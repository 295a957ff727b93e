#include "analysis/crash/reason.h"

#include "analysis/crash/systems.h"

namespace cairn::crash {
namespace {

Reason ReadBySystem(const model::SystemInfo& system, const ExceptionNumbers& exception) {
  switch (system.os) {
    case model::Os::kLinux:
    case model::Os::kAndroid: return ReadLinuxReason(system.cpu, exception);
    case model::Os::kWindows: return ReadWindowsReason(exception);
    case model::Os::kMacOs:
    case model::Os::kIos: return ReadMacReason(system.cpu, exception);
    default: return ReadOtherReason(system.os, exception);
  }
}

}  // namespace

Reason ReadReason(const model::SystemInfo& system, const ExceptionNumbers& exception) {
  Reason reason = ReadBySystem(system, exception);
  // 32-bit writers sign-extend addresses (seen in Breakpad's minidump_32bit_crash_addr.dmp).
  if (reason.address && model::PointerBytes(system.cpu) == 4) reason.address->value &= 0xffffffff;
  return reason;
}

}  // namespace cairn::crash
