#include "formats/native_unwind/run_time_code.h"

// Takes the first half of arbitrary bytes for the rows of a table, and all of them for the memory that the
// rows point into.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;  // NOLINT: the harness is one function.
  constexpr std::uint64_t kBase = 0x7000'0000'0000;
  const auto bytes = std::as_bytes(std::span(data, size));
  const model::MemoryView memory[] = {{{kBase}, bytes}};
  for (const auto& [cpu, entry_bytes] :
       {std::pair(model::Cpu::kAmd64, 12u), std::pair(model::Cpu::kArm64, 8u)}) {
    const native::RunTimeTable tables[] = {
        {{{kBase}, {kBase + 0x8000}, {kBase}}, bytes.first(size / 2), entry_bytes},
        {{{kBase + 0x8000}, {kBase + 0x10000}, {kBase + 0x4000}}, bytes, entry_bytes}};
    const native::RunTimeCode code(cpu, tables, memory);
    for (std::uint64_t offset = 0; offset < 0x11000; offset += offset < 0x400 ? 12 : 509) {
      (void)code.FindUnwindRow({kBase + offset});
      (void)code.FindCode({kBase + offset});
    }
  }
  return 0;
}
