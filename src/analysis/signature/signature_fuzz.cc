// Any text as frames: a line is a frame, its fields are parted by tabs; a line that begins with '+' is an
// inline of the frame before. The signature stays printable and short.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "analysis/signature/signature.h"

namespace {

// Takes the text before `separator` off `text`.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const std::size_t end = text.find(separator);
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

cairn::signature::SignatureInput InputOf(std::string_view text) {
  cairn::signature::SignatureInput input;
  input.os = TakeUntil(text, '\n') == "w" ? "Windows NT" : "Linux";
  input.abort_message = TakeUntil(text, '\n');
  auto& frames = input.threads.emplace_back().frames;
  while (!text.empty()) {
    std::string_view line = TakeUntil(text, '\n');
    const std::string function(TakeUntil(line, '\t'));
    const std::string file(TakeUntil(line, '\t'));
    if (function.starts_with('+') && !frames.empty()) {
      frames.back().inlines.push_back({.function = function.substr(1), .file = file, .line = 1});
      continue;
    }
    cairn::signature::SignatureFrame frame{.function = function, .file = file, .line = 1};
    frame.module = TakeUntil(line, '\t');
    frame.offset = TakeUntil(line, '\t');
    frame.unloaded_module = line;
    frames.push_back(frame);
  }
  return input;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const auto signature =
      cairn::signature::MakeSignature(InputOf(text), cairn::signature::SignatureLists::Default());
  if (signature.text.size() > cairn::signature::kMaxSignatureLength) std::abort();
  for (const char c : signature.text) {
    if (c < 0x20 || c > 0x7e) std::abort();
  }
  return 0;
}
