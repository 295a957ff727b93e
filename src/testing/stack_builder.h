// StackBuilder draws a stack word by word, from the lowest address (innermost frame) up.
#pragma once

#include <cstdint>
#include <vector>

#include "testing/byte_sink.h"
#include "testing/minidump_builder.h"

namespace cairn::testing {

class StackBuilder {
 public:
  // A word has 4 or 8 bytes.
  explicit StackBuilder(std::uint64_t base, std::endian order = std::endian::little, int word_bytes = 8)
      : base_(base), sink_(order), word_bytes_(word_bytes) {}

  // Puts a word and says nothing of it but its value.
  StackBuilder& Word(std::uint64_t value) {
    if (word_bytes_ == 4) {
      sink_.U32(static_cast<std::uint32_t>(value));
    } else {
      sink_.U64(value);
    }
    return *this;
  }
  StackBuilder& Words(std::size_t count, std::uint64_t value) {
    for (std::size_t i = 0; i < count; ++i) Word(value);
    return *this;
  }

  // The address that the next word will have.
  std::uint64_t next() const { return base_ + sink_.size(); }

  MemorySpec Build() const { return {base_, sink_.bytes()}; }

 private:
  std::uint64_t base_;
  ByteSink sink_;
  int word_bytes_;
};

}  // namespace cairn::testing
