// Any text is a program that ends.
#include "analysis/unwind/frame_program.h"

#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const base::Bytes input = std::as_bytes(std::span(data, size));
  // The stack is the text itself.
  const unwind::StackMemory memory({{0x1000}, input}, 4);
  unwind::ProgramVariables variables;
  variables.Set("$esp", 0x1000);
  variables.Set("$ebp", 0x1010);
  variables.Set(".raSearch", 0x1008);
  (void)unwind::RunFrameProgram(base::AsText(input), variables, memory);
  return 0;
}
