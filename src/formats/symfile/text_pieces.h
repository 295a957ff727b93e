// TextPieces reads the lines of a text, or of a part of it, in pieces of whole lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/symfile/text_source.h"

namespace cairn::symfile {

// Fits the processor's second cache, and takes many times as long to read as a system call.
inline constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;

struct TextPart {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

// One thread's. Borrows the source.
class TextPieces {
 public:
  // The lines that begin behind `part.begin` and not behind `part.end`; the first of the text where the part
  // begins with it. So of parts that meet each line is in one. A piece has about `piece_bytes`, at least 1; a
  // longer line makes it longer.
  TextPieces(const TextSource& text, TextPart part, std::size_t piece_bytes = kPieceBytes);

  // Moves on to the next piece; false behind the last, and where the text can not be read.
  bool Next();

  // The lines with their line feeds, which only the last of the text may lack; until the next call of Next.
  std::string_view lines() const { return {buffer_.data(), lines_bytes_}; }
  std::uint64_t offset() const { return offset_; }  // Of the first of them.

  bool failed() const { return failed_; }

 private:
  const TextSource& text_;
  std::uint64_t end_ = 0;
  std::uint64_t offset_ = 0;
  std::vector<char> buffer_;  // The text from offset_ on.
  std::size_t filled_ = 0;
  std::size_t lines_bytes_ = 0;  // Of filled_.
  bool failed_ = false;
};

}  // namespace cairn::symfile
