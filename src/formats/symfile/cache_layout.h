// The layout of a symbol cache, which the writer and the reader share: docs/formats/symbol-cache.md.
//
// All numbers are little-endian. A cache is a header, a table of sections, and the sections, each at a
// multiple of eight bytes.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "base/byte_reader.h"

namespace cairn::symfile {

// Raised whenever a cache of the old code must not be read by the new, or the same symbol file would now
// compile to other contents (a new register table, for example). It is part of a cache file's name, so
// versions lie side by side.
inline constexpr std::uint32_t kSymbolCacheVersion = 8;

inline constexpr std::uint64_t kCacheMagic = 0x6d79536e72696143;  // "CairnSym" in memory.

// Fields of the header, in bytes from its start.
inline constexpr std::size_t kMagicOffset = 0;           // u64
inline constexpr std::size_t kVersionOffset = 8;         // u32
inline constexpr std::size_t kSectionCountOffset = 12;   // u32, kSectionCount
inline constexpr std::size_t kFileSizeOffset = 16;       // u64, the whole cache
inline constexpr std::size_t kBodyChecksumOffset = 24;   // u64, of everything behind the section table
inline constexpr std::size_t kTableChecksumOffset = 32;  // u64, of the section table
inline constexpr std::size_t kBadLinesOffset = 40;       // u64, lines that the compiler left out
inline constexpr std::size_t kHeaderBytes = 48;

// An entry of the section table: offset u64 from the start of the cache, size u64 in bytes.
inline constexpr std::size_t kSectionEntryBytes = 16;

enum class Section : std::uint8_t {
  kHead,         // u32 per HeadField: where its text ends, from the end of these; then the texts.
  kSegments,     // kSegmentBytes each, ascending by base.
  kBuckets,      // u32, per segment one more than it has buckets: the first chunk that starts in each.
  kChunkIndex,   // kChunkIndexBytes each: u32 start from the segment's base, u32 position in kChunks.
  kChunks,       // address_rows.h
  kSpans,        // Packed table: symbol + 1, or 0 for a gap.
  kSymbols,      // Packed table: low and high half of the start, name, parameter bytes, flags.
  kInlineNodes,  // Packed table: origin slot, call file slot + 1 or 0, call line, distance of the outer node
                 // or 0.
  kFiles,        // Packed table: string id + 1 per file slot, or 0.
  kOrigins,      // Packed table: string id + 1 per slot of an inlined function, or 0.
  kCfiRanges,    // Packed table, per piece: low and high half of the start, size, distance from the range's
                 // start, first row, row count.
  kCfiRows,      // Packed table: distance from the range's start, ascending per range; rule set + 1 or 0.
  kRuleSets,  // u32 words: CFA rule, return address rule, count of registers, then register and rule of each.
  kRuleOffsets,        // u32, one more than there are rules: where each rule's program begins in kRuleBytes.
  kRuleBytes,          // RuleOp u8; kConstant is followed by i64, kRegister by u8.
  kStackWinFrameData,  // Packed table: start, size, shape; ascending, disjoint: records with a program.
  kStackWinFpo,        // The same of records without.
  kStackWinShapes,     // kStackWinShapeBytes each.
  kStrings,            // Packed table, per string: block, position in the block.
  kStringBlocks,       // kStringBlockBytes each: u32 position in kStringBytes, u32 size when inflated.
  kStringBytes,        // What lies before the first block is their dictionary; then blocks, each a frame of
                       // Zstandard (RFC 8878), or as it is if of its inflated size.
};
inline constexpr std::size_t kSectionCount = 21;

enum class HeadField : std::uint8_t { kOs, kArch, kDebugId, kDebugFile, kCodeId, kCodeFile, kGenerator };
inline constexpr std::size_t kHeadFieldCount = 7;

// A string id, file slot, symbol or rule set that is not there.
inline constexpr std::uint32_t kNone = 0xffffffff;

inline constexpr std::uint32_t kSymbolIsPublic = 1;  // Made of a PUBLIC, or a FUNC without a size.
inline constexpr std::uint32_t kSymbolIsShared = 2;  // The "m" flag: other symbols share the address.

// Base u64; first chunk, number of chunks, first bucket, number of buckets, bits by which a distance from the
// base is shifted to give its bucket, 0: u32 each.
inline constexpr std::size_t kSegmentBytes = 32;
inline constexpr std::size_t kChunkIndexBytes = 8;
inline constexpr std::size_t kStringBlockBytes = 8;

// Bytes of parameters, of saved registers, of locals; whether it allocates a base pointer (1) or not (0);
// string id of the program or kNone: u32 each.
inline constexpr std::size_t kStackWinShapeBytes = 20;

// Rust and C++ names of 82 KB exist; what is longer than this is cut.
inline constexpr std::size_t kMaxNameBytes = std::size_t{1} << 20;

// A rule set never names more registers than a table holds.
inline constexpr std::uint32_t kMaxRuleSetRegisters = 64;

static_assert(std::endian::native == std::endian::little,
              "caches are written and read as numbers lie in memory");

// The number at `offset`, or 0 where the bytes end before it does.
template <std::unsigned_integral T>
T ReadAt(base::Bytes bytes, std::uint64_t offset) {
  if (!base::RangeFits<std::uint64_t>(offset, sizeof(T), bytes.size())) return 0;
  T value = 0;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// The number of rows in a column, ascending by the number that each begins with, where that is not above
// `value`.
template <std::unsigned_integral T>
std::size_t CountUpTo(base::Bytes column, T value, std::size_t row_bytes = sizeof(T)) {
  std::size_t first = 0;
  std::size_t count = column.size() / row_bytes;
  while (count > 0) {
    const std::size_t half = count / 2;
    const bool not_above = ReadAt<T>(column, (first + half) * row_bytes) <= value;
    first = not_above ? first + half + 1 : first;
    count = not_above ? count - half - 1 : half;
  }
  return first;
}

// Guards against damage, not against intent.
std::uint64_t Checksum(base::Bytes bytes);

}  // namespace cairn::symfile
