// Every stream reader over bytes that claim to be a minidump.
#include <cstddef>
#include <cstdint>

#include "formats/minidump/annotations.h"
#include "formats/minidump/context.h"
#include "formats/minidump/exception.h"
#include "formats/minidump/linux_maps.h"
#include "formats/minidump/memory.h"
#include "formats/minidump/modules.h"
#include "formats/minidump/reader.h"
#include "formats/minidump/system_info.h"
#include "formats/minidump/threads.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;  // NOLINT: the harness is one function.
  model::Diagnostics diagnostics;
  const base::Result<minidump::Minidump> dump =
      minidump::Minidump::Open(std::as_bytes(std::span(data, size)), diagnostics);
  if (!dump) return 0;
  const model::SystemInfo system = minidump::ReadSystemInfo(*dump, diagnostics);
  minidump::ReadMiscInfo(*dump);
  minidump::ReadModules(*dump, system.os, diagnostics);
  for (const minidump::ThreadRecord& thread : minidump::ReadThreads(*dump, diagnostics)) {
    if (!thread.context) continue;
    // As if of each CPU: the system info of one input names one only.
    for (auto cpu = 0; cpu <= static_cast<int>(model::Cpu::kRiscv64); ++cpu)
      minidump::ReadContext(*dump, *thread.context, static_cast<model::Cpu>(cpu));
  }
  minidump::Memory::Read(*dump, diagnostics).Find({0x7ffd00000000});
  minidump::ReadException(*dump, diagnostics);
  minidump::ReadBreakpadInfo(*dump);
  minidump::ReadAssertion(*dump);
  minidump::ReadLinuxMaps(*dump, diagnostics);
  minidump::ReadAnnotations(*dump, diagnostics);
  return 0;
}
