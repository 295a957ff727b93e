// Exception stream, and Breakpad's streams that say more of the crash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

struct ExceptionRecord {
  std::uint32_t thread_id = 0;
  std::uint32_t code = 0;   // Linux: the signal. Windows: the exception code. macOS: EXC_...
  std::uint32_t flags = 0;  // Linux: si_code, as two's complement. macOS: the exception's code.
  std::uint64_t address = 0;
  std::vector<std::uint64_t> parameters;
  std::optional<base::Bytes> context;
};

// Nothing if the dump was made without a crash, or the stream is too short to name thread and code.
std::optional<ExceptionRecord> ReadException(const Minidump& dump, model::Diagnostics& diagnostics);

struct BreakpadInfo {
  std::optional<std::uint32_t> dump_thread_id;        // The thread that wrote the dump.
  std::optional<std::uint32_t> requesting_thread_id;  // The thread that asked for it.
};
BreakpadInfo ReadBreakpadInfo(const Minidump& dump);

// What Breakpad's handlers for failures of Microsoft's C runtime note.
struct Assertion {
  enum class Kind : std::uint8_t { kUnknown, kInvalidParameter, kPureVirtualCall };
  std::string expression;  // Texts are cut at 127 characters by the writer.
  std::string function;
  std::string file;
  std::uint32_t line = 0;
  Kind kind = Kind::kUnknown;
};
std::optional<Assertion> ReadAssertionInfo(const Minidump& dump);

// "invalid parameter: expression in function (file:line)", with what of it is there; empty if there is none.
std::string ReadAssertion(const Minidump& dump);

}  // namespace cairn::minidump
