// The header Content-Range of a resumable upload, as Google's storage reads it:
//
//   bytes 0-262143/1000000   a piece of a file of that size ("*" in place of the size: more will follow)
//   bytes */1000000          a question: how much has arrived?
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace cairn::symbols {

struct ContentRange {
  bool is_question = false;
  std::uint64_t begin = 0;  // Half-open; of a question both are 0.
  std::uint64_t end = 0;
  std::optional<std::uint64_t> total;  // Nothing: not known yet.
};

// Nothing for what is no such header, or a piece that does not lie in its file.
std::optional<ContentRange> ParseContentRange(std::string_view header);

}  // namespace cairn::symbols
