#include "formats/symfile/text_lines.h"

#include <algorithm>

namespace cairn::symfile {

std::optional<std::string_view> TextLines::At(std::uint64_t offset) {
  if (offset >= text_.size()) return std::nullopt;
  if (offset < window_offset_ || offset > window_offset_ + window_.size()) {
    window_ = {};
    window_offset_ = offset;
  }
  while (true) {
    const std::string_view rest = window_.substr(static_cast<std::size_t>(offset - window_offset_));
    const std::size_t end = rest.find('\n');
    if (end != std::string_view::npos) return rest.substr(0, end);
    if (!rest.empty() && offset + rest.size() == text_.size()) return rest;
    const std::size_t read_ahead = std::min(2 * window_.size(), kMaxReadAhead);
    if (!Load(offset, std::max({first_bytes_, read_ahead, 2 * rest.size()}))) return std::nullopt;
  }
}

bool TextLines::Load(std::uint64_t offset, std::size_t bytes) {
  bytes = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, text_.size() - offset));
  if (buffer_.size() < bytes) buffer_.resize(bytes);
  window_ = {};
  window_offset_ = offset;
  if (!text_.Read(offset, std::span(buffer_).first(bytes))) {
    failed_ = true;
    return false;
  }
  window_ = std::string_view(buffer_.data(), bytes);
  return true;
}

}  // namespace cairn::symfile
