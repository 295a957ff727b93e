// Any text as a document and as a template: what is filled in is encoded, so that nothing of the document can
// add a parameter.
#include "server/bugs/new_bug.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::bugs;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const CrashFacts facts = ReadFacts(text).value_or(CrashFacts{.signature = std::string(text)});
  if (facts.frames.size() > kMaxFramesOfBug) std::abort();
  (void)FillTemplate(text, facts, "https://x");
  const std::string url = FillTemplate("{title}{description}{signature}{product}", facts, "");
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~' || c == '%';
  };
  if (!std::ranges::all_of(url, is_plain)) std::abort();
  return 0;
}
