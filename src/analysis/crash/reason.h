// ReadReason turns the numbers of an exception into words and an address, by one table per operating system.
//
// The words are those of rust-minidump ("SIGSEGV / SEGV_MAPERR", "EXCEPTION_ACCESS_VIOLATION_READ"), because
// crash databases group by them. A number that no table knows stands as eight hex
// digits, an exception that none knows as "unknown 0x00000063 / 0x00000000"; on Windows, where the flags say
// nothing of it, as "unknown 0x00000063".
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "model/address.h"
#include "model/system.h"

namespace cairn::crash {

// The exception as the dump gives it.
struct ExceptionNumbers {
  std::uint32_t code = 0;   // Linux: the signal. Windows: the exception code. macOS: EXC_...
  std::uint32_t flags = 0;  // Linux: si_code. macOS: the exception's own code.
  std::uint64_t address = 0;
  std::span<const std::uint64_t> parameters;
  std::optional<std::uint32_t> process_id;
};

struct Reason {
  std::string text;
  // What the thread could not read, write or execute, or where it stood. Nothing where the exception has no
  // address: a signal that was sent carries its sender in the same bytes.
  std::optional<model::ProcessAddress> address;
};

Reason ReadReason(const model::SystemInfo& system, const ExceptionNumbers& exception);

}  // namespace cairn::crash
