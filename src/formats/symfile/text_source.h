// TextSource gives the text of a symbol file piece by piece, so that a file need not lie in memory whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/byte_reader.h"

namespace cairn::symfile {

// Safe for any number of threads.
class TextSource {
 public:
  virtual ~TextSource() = default;

  // In bytes; never changes.
  virtual std::uint64_t size() const = 0;

  // Fills `target` with the text from `offset` on. False if it can not be had: then nothing is known of the
  // text. `target` ends inside the text.
  virtual bool Read(std::uint64_t offset, std::span<char> target) const = 0;
};

// A text in memory, which must outlive the object.
class TextInMemory final : public TextSource {
 public:
  explicit TextInMemory(base::Bytes text) : text_(base::AsText(text)) {}

  std::uint64_t size() const override { return text_.size(); }
  bool Read(std::uint64_t offset, std::span<char> target) const override {
    if (offset > text_.size() || target.size() > text_.size() - offset) return false;
    text_.copy(target.data(), target.size(), static_cast<std::size_t>(offset));
    return true;
  }

 private:
  std::string_view text_;
};

}  // namespace cairn::symfile
