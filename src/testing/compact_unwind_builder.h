// Writes __unwind_info sections as <mach-o/compact_unwind_encoding.h> draws them: one page of either kind.
#pragma once

#include <cstdint>
#include <vector>

#include "testing/byte_sink.h"

namespace cairn::testing {

struct CompactFunction {
  std::uint32_t offset = 0;
  std::uint32_t encoding = 0;
};

namespace compact_unwind_internal {

// Header, the common encodings, and an index of one page and the guard that ends the last function at `end`.
inline ByteSink StartSection(const std::vector<std::uint32_t>& common, std::uint32_t first,
                             std::uint32_t end) {
  constexpr std::uint32_t kHeaderBytes = 28;
  const auto index = static_cast<std::uint32_t>(kHeaderBytes + common.size() * 4);
  const std::uint32_t page = index + 2 * 12;
  ByteSink sink;
  sink.U32(1)
      .U32(kHeaderBytes)
      .U32(static_cast<std::uint32_t>(common.size()))
      .U32(index)
      .U32(0)
      .U32(index)
      .U32(2);
  for (const std::uint32_t encoding : common) sink.U32(encoding);
  sink.U32(first).U32(page).U32(0);
  sink.U32(end).U32(0).U32(0);
  return sink;
}

}  // namespace compact_unwind_internal

inline std::vector<std::byte> RegularUnwindInfo(const std::vector<CompactFunction>& functions,
                                                std::uint32_t end) {
  ByteSink sink = compact_unwind_internal::StartSection({}, functions.at(0).offset, end);
  sink.U32(2).U16(8).U16(static_cast<std::uint16_t>(functions.size()));
  for (const CompactFunction& function : functions) sink.U32(function.offset).U32(function.encoding);
  return sink.Take();
}

// The encodings of the first two functions are common, the others' are the page's own.
inline std::vector<std::byte> CompressedUnwindInfo(const std::vector<CompactFunction>& functions,
                                                   std::uint32_t end) {
  const std::uint32_t first = functions.at(0).offset;
  ByteSink sink =
      compact_unwind_internal::StartSection({functions.at(0).encoding, functions.at(1).encoding}, first, end);
  const auto count = static_cast<std::uint16_t>(functions.size());
  sink.U32(3)
      .U16(12)
      .U16(count)
      .U16(static_cast<std::uint16_t>(12 + count * 4))
      .U16(static_cast<std::uint16_t>(count - 2));
  std::uint32_t index = 0;
  for (const CompactFunction& function : functions) sink.U32((function.offset - first) | index++ << 24);
  for (std::size_t i = 2; i < functions.size(); ++i) sink.U32(functions[i].encoding);
  return sink.Take();
}

}  // namespace cairn::testing
