// Any text as frames: a line is a frame, its fields are parted by tabs; a line that begins with '+' is an
// inline of the frame before, one that begins with '!' and a letter another part of the crash. The signature
// stays printable and short, and the explanation gives the same.
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

// "!t{}": what the letter stands for.
void TakePart(std::string_view line, cairn::signature::SignatureInput& input) {
  const std::string value(line.substr(2));
  switch (line[1]) {
    case 't': input.async_shutdown_timeout = value; break;
    case 'j': input.java_stack_trace = value; break;
    case 'h': input.hang = value; break;
    case 'i': input.ipc_channel_error = value; break;
    case 'm': input.ipc_message_name = value; break;
    case 'w': input.walk_status = value; break;
    case 'r': input.reason = value; break;
    case 'o': input.oom_allocation_size = value.size() << 12; break;
    case 'c': input.crashing_thread = static_cast<std::int64_t>(value.size()) - 2; break;
    default: break;
  }
}

cairn::signature::SignatureInput InputOf(std::string_view text) {
  cairn::signature::SignatureInput input;
  input.os = TakeUntil(text, '\n') == "w" ? "Windows NT" : "Linux";
  input.abort_message = TakeUntil(text, '\n');
  auto& frames = input.threads.emplace_back().frames;
  while (!text.empty()) {
    std::string_view line = TakeUntil(text, '\n');
    if (line.starts_with('!') && line.size() > 1) {
      TakePart(line, input);
      continue;
    }
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
  // One for all inputs: what came before must not matter.
  static cairn::signature::Signer signer(cairn::signature::SignatureLists::Default());
  const cairn::signature::SignatureInput input = InputOf(text);
  const cairn::model::Signature signature = signer.Sign(input);
  const auto explained =
      cairn::signature::ExplainSignature(input, cairn::signature::SignatureLists::Default());
  if (explained.signature.text != signature.text || explained.signature.notes != signature.notes)
    std::abort();
  if (signature.text.size() > cairn::signature::kMaxSignatureLength) std::abort();
  for (const char c : signature.text) {
    if (c < 0x20 || c > 0x7e) std::abort();
  }
  return 0;
}
