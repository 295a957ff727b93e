// Finds the lines of a Breakpad symbol file that an index needs, without looking at the others.
//
// Nine lines of ten are line rows of functions and INLINE records. They are told apart by the bytes at which
// a line begins, sixteen places at once, so that the scan runs at several bytes a cycle.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace cairn::symfile {

// Whether the line at `offset` may be a FUNC, FILE, PUBLIC, STACK or INLINE_ORIGIN record.
inline bool MayBeIndexed(std::string_view text, std::size_t offset) {
  const char first = text[offset];
  if (first == 'F' || first == 'P' || first == 'S') return true;
  constexpr std::size_t kUnderscore = std::string_view("INLINE").size();
  return first == 'I' && text.size() - offset > kUnderscore && text[offset + kUnderscore] == '_';
}

#if defined(__SSE2__)
// One bit for each of the 64 bytes at `place` that is a line feed behind which MayBeIndexed holds. Reads 71
// bytes.
inline std::uint64_t IndexedLineMask(const char* place) {
  const auto load = [](const char* from) {
    __m128i bytes;
    std::memcpy(&bytes, from, sizeof(bytes));
    return bytes;
  };
  const auto equals = [](__m128i bytes, char value) { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(value)); };
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 64; i += 16) {
    const __m128i first = load(place + i + 1);
    const __m128i is_origin = _mm_and_si128(equals(first, 'I'), equals(load(place + i + 7), '_'));
    const __m128i is_record = _mm_or_si128(_mm_or_si128(equals(first, 'F'), equals(first, 'P')),
                                           _mm_or_si128(equals(first, 'S'), is_origin));
    const __m128i hits = _mm_and_si128(equals(load(place + i), '\n'), is_record);
    mask |= std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(hits))} << i;
  }
  return mask;
}
#endif

// Calls take(offset) for each line that follows a line feed in [begin, end) and may be indexed, in order.
template <typename Take>
void ForEachIndexedLine(std::string_view text, std::size_t begin, std::size_t end, Take take) {
  end = std::min(end, text.size());
#if defined(__SSE2__)
  constexpr std::size_t kStep = 64;
  constexpr std::size_t kLookAhead = 7;
  for (; end - begin >= kStep && text.size() - begin >= kStep + kLookAhead; begin += kStep) {
    for (std::uint64_t mask = IndexedLineMask(text.data() + begin); mask != 0; mask &= mask - 1) {
      take(begin + static_cast<std::size_t>(std::countr_zero(mask)) + 1);
    }
  }
#endif
  while (begin < end) {
    const std::size_t line_feed = text.find('\n', begin);
    if (line_feed >= end || line_feed + 1 >= text.size()) return;
    begin = line_feed + 1;
    if (MayBeIndexed(text, begin)) take(begin);
  }
}

// The line that begins at `offset`, without its line feed.
inline std::string_view LineAt(std::string_view text, std::size_t offset) {
  return text.substr(offset, std::min(text.find('\n', offset), text.size()) - offset);
}

}  // namespace cairn::symfile
