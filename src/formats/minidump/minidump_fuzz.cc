// Every stream reader, and the printer, over bytes that claim to be a minidump.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "formats/minidump/annotations.h"
#include "formats/minidump/comment.h"
#include "formats/minidump/context.h"
#include "formats/minidump/dump_text.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/function_table.h"
#include "formats/minidump/memory.h"
#include "formats/minidump/private_parts.h"
#include "formats/minidump/reader.h"
#include "formats/minidump/regions.h"
#include "formats/minidump/stream_table.h"
#include "formats/minidump/thread_info.h"
#include "formats/minidump/threads.h"
#include "testing/dump_fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;  // NOLINT: the harness is one function.
  const base::Bytes bytes = std::as_bytes(std::span(data, size));
  minidump::DumpText(bytes);
  model::CrashReport report;
  const base::Result<minidump::Minidump> dump = minidump::Minidump::Open(bytes, report.diagnostics);
  if (!dump) return 0;
  minidump::ReadStreams(*dump, report);
  for (const minidump::ThreadRecord& thread : minidump::ReadThreads(*dump, report.diagnostics)) {
    if (!thread.context) continue;
    // As if of each CPU: the system info of one input names one only.
    for (auto cpu = 0; cpu <= static_cast<int>(model::Cpu::kRiscv64); ++cpu) {
      minidump::ReadContext(*dump, *thread.context, static_cast<model::Cpu>(cpu));
    }
  }
  minidump::Memory::Read(*dump, report.diagnostics).Find({0x7ffd00000000});
  for (const minidump::FileRange& range : minidump::FindPrivateParts(*dump, bytes)) {
    if (range.offset > size || range.size > size - range.offset) std::abort();
  }
  minidump::ReadRegions(*dump, report.diagnostics);
  minidump::ReadException(*dump, report.diagnostics);
  minidump::ReadThreadInfo(*dump, report.diagnostics);
  minidump::ReadFunctionTables(*dump, report.diagnostics);
  minidump::ReadBreakpadInfo(*dump);
  minidump::ReadCrashpadIds(*dump);
  minidump::ReadComment(*dump);
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  return cairn::testing::MutateDumpInput(data, size, max_size, seed);
}
