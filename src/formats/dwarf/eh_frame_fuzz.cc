#include "formats/dwarf/eh_frame.h"

// Takes arbitrary bytes for both kinds of section and asks for every row.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::dwarf;
  for (const FrameFormat format : {FrameFormat::kEhFrame, FrameFormat::kDebugFrame}) {
    EhFrame::Input input;
    input.section.bytes = std::as_bytes(std::span(data, size));
    input.section.format = format;
    input.section.pointers.section_address = 0x1000;
    const auto frame = EhFrame::Create(input);
    if (!frame) return 0;
    for (const FrameRange& range : frame->ranges()) {
      (void)frame->Rows(range);
      (void)frame->Find({range.start.value + range.size - 1});
    }
  }
  return 0;
}
