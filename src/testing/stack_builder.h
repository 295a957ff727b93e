// StackBuilder draws a stack word by word, from the lowest address (innermost frame) up.
#pragma once

#include <cstdint>
#include <vector>

#include "testing/byte_sink.h"
#include "testing/minidump_builder.h"

namespace cairn::testing {

class StackBuilder {
 public:
  explicit StackBuilder(std::uint64_t base, std::endian order = std::endian::little)
      : base_(base), sink_(order) {}

  // Puts a 64-bit word and says nothing of it but its value.
  StackBuilder& Word(std::uint64_t value) {
    sink_.U64(value);
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
};

}  // namespace cairn::testing
