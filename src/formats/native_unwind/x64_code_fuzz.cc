#include "formats/native_unwind/x64_epilogue.h"
#include "formats/native_unwind/x64_prologue.h"
#include "formats/native_unwind/x64_unwind_info.h"

// Takes arbitrary bytes for code and for unwind information.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto bytes = std::as_bytes(std::span(data, size));
  (void)cairn::native::ReadX64Epilogue(bytes);
  (void)cairn::native::ReadX64Prologue(bytes);
  (void)cairn::native::ReadX86Epilogue(bytes);
  (void)cairn::native::ReadX86Prologue(bytes);
  (void)cairn::native::ReadX64UnwindInfo(bytes);
  return 0;
}
