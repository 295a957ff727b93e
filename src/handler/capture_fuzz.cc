// A crash note becomes a dump: maps, module headers, build ids, annotations and stacks all come from the
// note.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "formats/minidump/reader.h"
#include "handler/capture.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto dump = cairn::handler::CaptureNote(std::as_bytes(std::span(data, size)), {.product = "Fuzz"},
                                                "00112233-4455-4677-8899-aabbccddeeff", 1'000'000'000);
  if (!dump) return 0;
  cairn::model::Diagnostics diagnostics;
  if (!cairn::minidump::Minidump::Open(*dump, diagnostics) || !diagnostics.kept().empty()) std::abort();
  return 0;
}
