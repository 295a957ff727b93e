// The outermost parts of a text between brackets of one kind, replaced.
#pragma once

#include <string>
#include <string_view>

namespace cairn::signature {

// Where the part that opens at `begin` ends, half-open; the text's end if it is never closed.
inline std::size_t EndOfEnclosed(std::string_view text, std::size_t begin, char open, char close) {
  std::size_t depth = 0;
  for (std::size_t i = begin; i < text.size(); ++i) {
    if (text[i] == open) {
      ++depth;
    } else if (text[i] == close && --depth == 0) {
      return i + 1;
    }
  }
  return text.size();
}

// Appends `text` to `to`, and for each outermost part what `append_part` appends to it, which is given the
// text between the part before and this one, and the part.
template <typename AppendPart>
void ReplaceEnclosed(std::string_view text, char open, char close, std::string& to, AppendPart append_part) {
  std::size_t copied = 0;
  for (std::size_t begin = text.find(open); begin != std::string_view::npos;
       begin = text.find(open, copied)) {
    const std::size_t end = EndOfEnclosed(text, begin, open, close);
    const std::string_view before = text.substr(copied, begin - copied);
    to.append(before);
    append_part(before, text.substr(begin, end - begin));
    copied = end;
  }
  to.append(text.substr(copied));
}

}  // namespace cairn::signature
