#include "formats/native_unwind/binary_symbols.h"

// Takes arbitrary bytes for a binary of any system and asks everything of places all over its first 64 KiB.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)cairn::native::IdentifyBinary(bytes);
  for (const auto cpu : {cairn::model::Cpu::kUnknown, cairn::model::Cpu::kArm64}) {
    const auto symbols = cairn::native::OpenBinary(bytes, cpu);
    if (!symbols) continue;
    for (std::uint64_t offset = 0; offset < 0x10000; offset += offset < 0x1000 ? 12 : 251) {
      (void)(*symbols)->FindUnwindRow({offset});
      (void)(*symbols)->Symbolize({offset});
      (void)(*symbols)->FindCode({offset});
      (void)(*symbols)->ReadCode({offset}, 16);
    }
    (void)(*symbols)->FindUnwindRow({~std::uint64_t{0}});
  }
  return 0;
}
