// TextLines gives lines of a TextSource by their offsets, in any order; in ascending order it is fast.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "formats/symfile/text_source.h"

namespace cairn::symfile {

// One thread's. Borrows the source. Holds a window of the text, which is at least as long as the longest line
// that was asked for.
class TextLines {
 public:
  // A line of a name is no longer than this.
  static constexpr std::size_t kWindowBytes = 512;

  // `window_bytes`, at least 1, is what is read first; further reads behind the window double it.
  explicit TextLines(const TextSource& text, std::size_t window_bytes = kWindowBytes)
      : text_(text), first_bytes_(window_bytes) {}

  // The line that begins at `offset`, without its line feed, until the next call. Nothing at the end of the
  // text, and where it can not be read.
  std::optional<std::string_view> At(std::uint64_t offset);

  // Whether a line could not be read.
  bool failed() const { return failed_; }

 private:
  // What a window grows to by itself: functions with more lines are few.
  static constexpr std::size_t kMaxReadAhead = std::size_t{64} * 1024;

  bool Load(std::uint64_t offset, std::size_t bytes);

  const TextSource& text_;
  std::size_t first_bytes_;
  std::vector<char> buffer_;
  std::uint64_t window_offset_ = 0;
  std::string_view window_;  // Of buffer_; the text from window_offset_ on.
  bool failed_ = false;
};

}  // namespace cairn::symfile
