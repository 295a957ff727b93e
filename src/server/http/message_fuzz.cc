// Any text as the target of a request: its path and its query are decoded, and no segment leads anywhere
// else.
#include "server/http/message.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const std::string_view target(static_cast<const char*>(static_cast<const void*>(data)), size);
  const std::size_t question = std::min(target.find('?'), target.size());
  if (const auto segments = http::SplitPath(target.substr(0, question))) {
    for (const std::string& segment : *segments) {
      const bool has_control =
          std::ranges::any_of(segment, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
      if (segment == "." || segment == ".." || has_control) std::abort();
    }
  }
  const auto fields = http::ParseQuery(target.substr(std::min(question + 1, target.size())));
  if (fields && fields->size() > http::kMaxQueryFields) std::abort();
  return 0;
}
