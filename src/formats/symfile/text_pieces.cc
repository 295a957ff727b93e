#include "formats/symfile/text_pieces.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>

#include "formats/symfile/text_lines.h"

namespace cairn::symfile {

TextPieces::TextPieces(const TextSource& text, TextPart part, std::size_t piece_bytes)
    : text_(text), end_(part.end), offset_(part.begin) {
  if (part.begin > 0) {
    TextLines rest(text);
    const std::optional<std::string_view> others = rest.At(part.begin);
    offset_ += others ? others->size() + 1 : 0;
    failed_ = rest.failed();
  }
  buffer_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, text.size())));
}

bool TextPieces::Next() {
  offset_ += lines_bytes_;
  filled_ -= lines_bytes_;
  if (filled_ > 0) std::memmove(buffer_.data(), buffer_.data() + lines_bytes_, filled_);
  lines_bytes_ = 0;
  while (!failed_ && lines_bytes_ == 0 && offset_ <= end_ && offset_ < text_.size()) {
    if (filled_ == buffer_.size()) buffer_.resize(2 * buffer_.size());
    const std::uint64_t left = text_.size() - offset_;
    const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(buffer_.size(), left));
    failed_ = !text_.Read(offset_ + filled_, std::span(buffer_).subspan(filled_, wanted - filled_));
    if (failed_) break;
    filled_ = wanted;
    const std::string_view text(buffer_.data(), filled_);
    lines_bytes_ = filled_ == left ? filled_ : text.rfind('\n') + 1;  // None is npos, so 0.
    // The last line is the one that `end_` lies in, or that begins there.
    const std::uint64_t last = end_ - offset_;
    if (last < lines_bytes_) {
      const std::size_t line_feed = text.find('\n', static_cast<std::size_t>(last));
      lines_bytes_ = std::min(lines_bytes_, line_feed == std::string_view::npos ? filled_ : line_feed + 1);
    }
  }
  return lines_bytes_ > 0;
}

}  // namespace cairn::symfile
