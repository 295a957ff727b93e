// Gives the text of a symbol file away in pieces, because those of large libraries have hundreds of
// megabytes.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::symgen {

// Takes the text piece by piece, in order. An error ends the work and is given back as it is.
using TextSink = std::function<base::Status(std::string_view)>;

class TextWriter {
 public:
  explicit TextWriter(TextSink sink) : sink_(std::move(sink)) {}

  TextWriter& Text(std::string_view text) {
    text_ += text;
    return *this;
  }
  TextWriter& Hex(std::uint64_t value) { return Number(value, 16); }
  TextWriter& Decimal(std::uint64_t value) { return Number(value, 10); }

  // A name to the end of its line: what would end the line early becomes a blank.
  TextWriter& Name(std::string_view name) {
    const std::size_t start = text_.size();
    text_ += name;
    std::replace_if(
        text_.begin() + static_cast<std::ptrdiff_t>(start), text_.end(),
        [](char c) { return c == '\n' || c == '\r' || c == '\0'; }, ' ');
    return EndLine();
  }
  TextWriter& EndLine() {
    text_ += '\n';
    if (text_.size() >= kPieceBytes) Flush();
    return *this;
  }

  // Gives away what is left. The first error of the sink, after which nothing was given.
  base::Status Finish() {
    Flush();
    return status_;
  }

 private:
  static constexpr std::size_t kPieceBytes = 1 << 20;

  TextWriter& Number(std::uint64_t value, int base) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value, base);
    text_.append(digits, end.ptr);
    return *this;
  }
  void Flush() {
    if (status_ && !text_.empty()) status_ = sink_(text_);
    text_.clear();
  }

  TextSink sink_;
  std::string text_;
  base::Status status_;
};

}  // namespace cairn::symgen
