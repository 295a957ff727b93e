// The layout of a symbol cache, which the writer and the reader share: docs/formats/symbol-cache.md.
//
// All numbers are little-endian. A cache is a header, a table of sections, and the sections, each at a
// multiple of eight bytes.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>

#include "base/byte_reader.h"

namespace cairn::symfile {

// Raised whenever a cache of the old code must not be read by the new, or the same symbol file would now
// compile to other contents (a new register table, for example). It is part of a cache file's name, so
// versions lie side by side.
inline constexpr std::uint32_t kSymbolCacheVersion = 4;

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
  kHead,         // u32 string ids, by HeadField.
  kSpanStarts,   // u64, ascending: where a span of addresses begins; it ends where the next begins.
  kSpanSymbols,  // u32 per span: index of its symbol, or kNone for a gap.
  kSymbols,      // kSymbolBytes each.
  kLineOffsets,  // u32, ascending per symbol: distance from the symbol's start at which a line begins.
  kLineValues,   // u32 file slot, u32 line; line 0 with file kNone is a gap.
  kInlines,      // kInlineBytes each, ascending by (depth, offset) per symbol, disjoint within a depth.
  kFiles,        // u32 string id per file slot.
  kOrigins,      // u32 string id per slot of an inlined function.
  kCfiStarts,    // u64, ascending: where a piece of a STACK CFI range begins.
  kCfiRanges,    // Per piece: u32 size, u32 distance from the range's start, u32 first row, u32 row count.
  kCfiRows,   // u32 distance from the range's start, ascending per range; u32 rule set, or kNone: no rules.
  kRuleSets,  // u32 words: CFA rule, return address rule, count of registers, then register and rule of each.
  kRuleOffsets,        // u32, one more than there are rules: where each rule's program begins in kRuleBytes.
  kRuleBytes,          // RuleOp u8; kConstant is followed by i64, kRegister by u8.
  kStackWinFrameData,  // kStackWinBytes each, ascending, disjoint: records with a program.
  kStackWinFpo,        // The same of records without.
  kStackWinShapes,     // kStackWinShapeBytes each.
  kStringOffsets,      // u32, one more than there are strings: where each string begins in kStringBytes.
  kStringBytes,        // UTF-8 as the symbol file has it, without ends.
};
inline constexpr std::size_t kSectionCount = 20;

enum class HeadField : std::uint8_t { kOs, kArch, kDebugId, kDebugFile, kCodeId, kCodeFile, kGenerator };
inline constexpr std::size_t kHeadFieldCount = 7;

// A string id, file slot, symbol or rule set that is not there.
inline constexpr std::uint32_t kNone = 0xffffffff;

// A symbol: start u64; name, first line, line count, first inline, inline count, flags, parameter bytes,
// 0: u32 each.
inline constexpr std::size_t kSymbolBytes = 40;
inline constexpr std::uint32_t kSymbolIsPublic = 1;  // Made of a PUBLIC, or a FUNC without a size.
inline constexpr std::uint32_t kSymbolIsShared = 2;  // The "m" flag: other symbols share the address.

// An inlined range: offset from the symbol's start, size, depth, call line, call file slot, origin slot: u32
// each.
inline constexpr std::size_t kInlineBytes = 24;
inline constexpr std::size_t kCfiRangeBytes = 16;
inline constexpr std::size_t kCfiRowBytes = 8;

// Start, size, shape: u32 each.
inline constexpr std::size_t kStackWinBytes = 12;
// Bytes of parameters, of saved registers, of locals; whether it allocates a base pointer (1) or not (0);
// string id of the program or kNone: u32 each.
inline constexpr std::size_t kStackWinShapeBytes = 20;

// Compilers inline some dozens deep at most; what lies deeper is left out.
inline constexpr std::uint32_t kMaxInlineDepth = 128;

// Rust and C++ names of 82 KB exist; what is longer than this is cut.
inline constexpr std::size_t kMaxNameBytes = std::size_t{1} << 20;

// A rule set never names more registers than a table holds.
inline constexpr std::uint32_t kMaxRuleSetRegisters = 64;

// The number at `offset`, or 0 where the bytes end before it does.
template <std::unsigned_integral T>
T ReadAt(base::Bytes bytes, std::uint64_t offset) {
  if (!base::RangeFits<std::uint64_t>(offset, sizeof(T), bytes.size())) return 0;
  return base::ByteReader(bytes.subspan(static_cast<std::size_t>(offset))).Read<T>();
}

// Guards against damage, not against intent.
std::uint64_t Checksum(base::Bytes bytes);

}  // namespace cairn::symfile
