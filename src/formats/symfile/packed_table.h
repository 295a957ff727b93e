// PackedTable: rows of small numbers, stored in blocks of 64 rows with as many bits as each block needs.
//
// Rows of one table are alike where they lie close together (ascending addresses, files of one function), so
// a block stores, per column, its smallest number and the width of what is above it; its rows follow as
// packed bits. A row is found by its number alone. Layout: docs/formats/symbol-cache.md, "Packed tables".
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/byte_reader.h"
#include "formats/symfile/bit_fields.h"
#include "formats/symfile/cache_bytes.h"
#include "formats/symfile/cache_layout.h"

namespace cairn::symfile {

inline constexpr std::uint32_t kPackedBlockRows = 64;
inline constexpr std::size_t kPackedHeaderBytes =
    4;  // u32: number of rows. Then a u32 per block: its offset.

template <std::size_t kColumns>
class PackedTableWriter {
 public:
  using Row = std::array<std::uint32_t, kColumns>;

  void Add(const Row& row) {
    if (pending_ == kPackedBlockRows) WriteBlock();
    block_[pending_] = row;
    ++pending_;
    ++rows_;
  }

  std::uint32_t rows() const { return rows_; }

  // The bytes of the table. The writer is empty afterwards.
  std::vector<std::byte> Finish() {
    if (pending_ > 0) WriteBlock();
    const std::size_t directory_bytes = kPackedHeaderBytes + offsets_.size() * sizeof(std::uint32_t);
    std::vector<std::byte> bytes;
    bytes.reserve(directory_bytes + blocks_.size() + kBitPadding);
    BitWriter writer(bytes);
    writer.Put(rows_, 32);
    for (const std::uint32_t offset : offsets_) {
      writer.Put(offset + static_cast<std::uint32_t>(directory_bytes), 32);
    }
    writer.Align();
    bytes.insert(bytes.end(), blocks_.begin(), blocks_.end());
    bytes.resize(bytes.size() + kBitPadding);
    *this = PackedTableWriter();
    return bytes;
  }

 private:
  void WriteBlock() {
    offsets_.push_back(static_cast<std::uint32_t>(blocks_.size()));
    Row low = block_[0];
    Row high = block_[0];
    for (std::uint32_t i = 1; i < pending_; ++i) {
      for (std::size_t column = 0; column < kColumns; ++column) {
        low[column] = std::min(low[column], block_[i][column]);
        high[column] = std::max(high[column], block_[i][column]);
      }
    }
    BitWriter writer(blocks_);
    Row widths;
    for (std::size_t column = 0; column < kColumns; ++column) {
      writer.Put(low[column], 32);
      widths[column] = BitsOf(high[column] - low[column]);
    }
    for (const std::uint32_t width : widths) writer.Put(width, 8);
    for (std::uint32_t i = 0; i < pending_; ++i) {
      for (std::size_t column = 0; column < kColumns; ++column) {
        writer.Put(block_[i][column] - low[column], widths[column]);
      }
    }
    writer.Align();
    pending_ = 0;
  }

  std::array<Row, kPackedBlockRows> block_{};
  std::uint32_t pending_ = 0;
  std::uint32_t rows_ = 0;
  std::vector<std::uint32_t> offsets_;  // Of blocks, in blocks_.
  std::vector<std::byte> blocks_;
};

// Reads from borrowed, untrusted bytes: a row that is not there, or not whole, is all zero.
template <std::size_t kColumns>
class PackedTable {
 public:
  using Row = std::array<std::uint32_t, kColumns>;

  PackedTable() = default;
  explicit PackedTable(CacheBytes bytes) : bytes_(bytes), rows_(bytes.At<std::uint32_t>(0)) {
    const std::uint64_t blocks = (std::uint64_t{rows_} + kPackedBlockRows - 1) / kPackedBlockRows;
    if (blocks > bytes.size() / sizeof(std::uint32_t)) rows_ = 0;
  }

  std::uint32_t rows() const { return rows_; }

  Row At(std::uint32_t row) const {
    if (row >= rows_) return {};
    return RowOf(BlockAt(row / kPackedBlockRows), row % kPackedBlockRows);
  }

  // The number of rows for which `holds`, where it holds for the first ones only. Looks at the first rows of
  // blocks before it looks into one, so it touches few pages. `holds` gets rows of which only the first kUsed
  // columns are read.
  template <std::size_t kUsed = kColumns, typename Predicate>
  std::uint32_t CountWhile(Predicate holds) const {
    const std::uint32_t blocks =
        CountWhile((rows_ + kPackedBlockRows - 1) / kPackedBlockRows,
                   [&](std::uint32_t block) { return holds(RowOf<kUsed>(BlockAt(block), 0)); });
    if (blocks == 0) return 0;
    const std::uint32_t first = (blocks - 1) * kPackedBlockRows;
    const Block block = BlockAt(blocks - 1);
    return first + CountWhile(std::min(kPackedBlockRows, rows_ - first),
                              [&](std::uint32_t row) { return holds(RowOf<kUsed>(block, row)); });
  }

 private:
  struct Block {
    Row low{};
    Row widths{};
    std::uint32_t row_bits = 0;
    std::uint64_t first_bit = 0;
  };

  // How many of the numbers below `count` it holds for.
  template <typename Predicate>
  static std::uint32_t CountWhile(std::uint32_t count, Predicate holds) {
    std::uint32_t known = 0;
    while (count > 0) {
      const std::uint32_t half = count / 2;
      const bool goes_on = holds(known + half);
      known = goes_on ? known + half + 1 : known;
      count = goes_on ? count - half - 1 : half;
    }
    return known;
  }

  template <std::size_t kUsed = kColumns>
  Row RowOf(const Block& block, std::uint32_t row) const {
    const std::uint64_t first_bit = block.first_bit + std::uint64_t{row} * block.row_bits;
    std::array<std::byte, kColumns * sizeof(std::uint32_t) + kBitPadding> scratch;
    const base::Bytes bytes = bytes_.ViewUpTo(first_bit / 8, scratch);
    std::uint64_t bit = first_bit % 8;
    Row values{};
    for (std::size_t column = 0; column < kUsed; ++column) {
      values[column] = block.low[column] + BitsAt(bytes, bit, block.widths[column]);
      bit += block.widths[column];
    }
    return values;
  }

  std::uint64_t BlockOffset(std::uint32_t block) const {
    return bytes_.At<std::uint32_t>(kPackedHeaderBytes + std::uint64_t{block} * sizeof(std::uint32_t));
  }

  Block BlockAt(std::uint32_t index) const {
    constexpr std::size_t kBlockHeaderBytes = kColumns * (sizeof(std::uint32_t) + 1);
    const std::uint64_t offset = BlockOffset(index);
    Block block;
    std::array<std::byte, kBlockHeaderBytes> scratch;
    const auto header = bytes_.View(offset, kBlockHeaderBytes, scratch);
    if (!header) return block;
    for (std::size_t column = 0; column < kColumns; ++column) {
      block.low[column] = ReadAt<std::uint32_t>(*header, column * sizeof(std::uint32_t));
      // A width beyond 32 bits is damage.
      block.widths[column] = std::min<std::uint32_t>(
          static_cast<std::uint8_t>((*header)[kColumns * sizeof(std::uint32_t) + column]), 32);
      block.row_bits += block.widths[column];
    }
    block.first_bit = (offset + kBlockHeaderBytes) * 8;
    return block;
  }

  CacheBytes bytes_;
  std::uint32_t rows_ = 0;
};

}  // namespace cairn::symfile
