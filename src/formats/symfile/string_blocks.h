// Texts in compressed blocks: some kilobytes of them share one frame of Zstandard (RFC 8878), because the
// names of C++ and Rust repeat each other so much that they shrink to a fifteenth.
//
// Who looks up one name inflates its whole block, so blocks should be small; but small ones find little to
// repeat. So large files have a dictionary: a sample of all their texts, to which each block refers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/byte_reader.h"
#include "formats/symfile/cache_bytes.h"
#include "formats/symfile/cache_tables.h"
#include "formats/symfile/packed_table.h"

namespace cairn::symfile {

class StringBlockWriter {
 public:
  // `texts` are those that will be added, in order.
  explicit StringBlockWriter(std::span<const std::string_view> texts);
  ~StringBlockWriter();
  StringBlockWriter(const StringBlockWriter&) = delete;
  StringBlockWriter& operator=(const StringBlockWriter&) = delete;

  // The block that the text is in and its position there.
  std::pair<std::uint32_t, std::uint32_t> Add(std::string_view text);

  // Writes kStringBlocks and kStringBytes.
  void Finish(CacheTables& tables);

 private:
  struct Compressor;

  void WriteBlock();

  std::unique_ptr<Compressor> compressor_;
  std::size_t block_target_;
  std::string pending_;
  std::vector<std::uint32_t> directory_;
  std::vector<std::byte> bytes_;
};

struct StringCounts {
  std::uint64_t hits = 0;    // Of texts whose block was there.
  std::uint64_t misses = 0;  // Blocks that were inflated.
};

// Reads texts from borrowed, untrusted bytes. Keeps the blocks that were asked for last, inflated, in at most
// kMaxInflatedBytes. Any number of threads may ask at once.
class StringBlocks {
 public:
  static constexpr std::size_t kMaxInflatedBytes = std::size_t{1} << 20;

  StringBlocks(base::Bytes strings, base::Bytes directory, CacheBytes bytes);
  ~StringBlocks();
  StringBlocks(const StringBlocks&) = delete;
  StringBlocks& operator=(const StringBlocks&) = delete;

  // The text, or an empty one where its block is not sound.
  std::string At(std::uint32_t id) const;

  StringCounts counts() const;

 private:
  struct Dictionary;
  struct Shard;

  PackedTable<2> strings_;
  base::Bytes directory_;
  CacheBytes bytes_;
  std::unique_ptr<Dictionary> dictionary_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace cairn::symfile
