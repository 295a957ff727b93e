// What the system's exception says of the fault, the same for all systems.
#pragma once

#include <cstdint>
#include <optional>

#include "analysis/crash/reason.h"
#include "model/address.h"
#include "model/crash_facts.h"
#include "model/system.h"

namespace cairn::crash {

struct Fault {
  enum class Kind : std::uint8_t {
    kOther,
    kAccess,             // Memory could not be read, written or executed.
    kGeneralProtection,  // The CPU refused without an address: most often one that is not canonical.
    kStackOverflow,      // The system itself says so.
    kDivideByZero,
    kPrivilegedInstruction,
  };
  Kind kind = Kind::kOther;
  model::ProcessAddress address;                           // Of kAccess only.
  model::AccessKind access = model::AccessKind::kUnknown;  // As the system gives it.
  bool is_execution = false;                               // The system says that code was to be fetched.
};

// `address` is the one that ReadReason gave; without one (a signal that was sent) nothing can be said. A page
// that could not be read from disk is no kAccess: the address was right.
Fault ClassifyFault(const model::SystemInfo& system, const ExceptionNumbers& exception,
                    std::optional<model::ProcessAddress> address);

}  // namespace cairn::crash
