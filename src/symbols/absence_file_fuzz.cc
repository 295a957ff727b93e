// Any bytes as the text of an absence file: what is read is what is written and read again.
#include "symbols/absence_file.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "base/byte_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  constexpr std::int64_t kNow_ms = 1'800'000'000'000;
  const auto entries = symbols::ParseAbsenceFile(base::AsText(std::as_bytes(std::span(data, size))), kNow_ms);
  const std::string text = symbols::FormatAbsenceFile(entries);
  if (symbols::FormatAbsenceFile(symbols::ParseAbsenceFile(text, kNow_ms)) != text) std::abort();
  return 0;
}
