#include "formats/native_unwind/arm_unwind_info.h"

// Takes arbitrary bytes for a record of .ARM.extab, for an inline entry and for bare instructions.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::native;
  const auto bytes = std::as_bytes(std::span(data, size));
  if (const auto instructions = ReadArmInstructions(bytes)) (void)RowOfArmInstructions(*instructions);
  const auto word = cairn::base::ByteReader(bytes).Read<std::uint32_t>();
  if (const auto instructions = ReadInlineArmInstructions(word)) (void)RowOfArmInstructions(*instructions);
  (void)RowOfArmInstructions({data, data + size});
  return 0;
}
