// The rows of a symbol cache: for every address of a module which symbol, line and inlined call are in force
// from there on. Layout: docs/formats/symbol-cache.md, "Rows".
//
// Rows lie in chunks of up to 32. A lookup takes the address's bucket, which says between which chunks to
// look, and in the chunk searches among packed distances: it touches a handful of cache lines wherever in the
// file they are.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/byte_reader.h"
#include "formats/symfile/bit_fields.h"
#include "formats/symfile/cache_bytes.h"
#include "formats/symfile/cache_tables.h"

namespace cairn::symfile {

// What is in force at an address. Of `span` a table says whose symbol it is.
struct AddressRow {
  std::uint32_t span = kNone;
  std::uint32_t file = kNone;  // Slot.
  std::uint32_t line = 0;
  std::uint32_t inline_node = kNone;  // Of the innermost inlined call.
  friend bool operator==(const AddressRow&, const AddressRow&) = default;
};

inline constexpr std::uint32_t kRowsPerChunk = 32;

class AddressRowWriter {
 public:
  // Addresses ascend. Spans count from 0 up by one; each begins with a row.
  void Add(std::uint64_t address, const AddressRow& row);

  std::size_t rows() const { return row_count_; }

  // Writes kSegments, kBuckets, kChunkIndex and kChunks.
  void Finish(CacheTables& tables);

 private:
  struct Entry {
    std::uint32_t start = 0;  // From the segment's base.
    AddressRow row;
    bool begins_span = false;
  };

  void BeginSegment(std::uint64_t base);
  void WriteChunk();
  void FinishSegment();

  std::array<Entry, kRowsPerChunk> pending_;
  std::uint32_t pending_count_ = 0;
  std::size_t row_count_ = 0;
  std::uint32_t last_span_ = kNone;

  bool segment_open_ = false;
  std::uint64_t segment_base_ = 0;
  std::uint32_t segment_first_chunk_ = 0;
  std::vector<std::uint32_t> segments_;
  std::vector<std::uint32_t> buckets_;
  std::vector<std::uint32_t> index_;  // Pairs of start and position.
  std::vector<std::byte> chunks_;
};

// Reads rows from borrowed, untrusted bytes.
class AddressRows {
 public:
  AddressRows() = default;
  AddressRows(base::Bytes segments, base::Bytes buckets, base::Bytes index, CacheBytes chunks)
      : segments_(segments),
        buckets_(buckets),
        index_(index),
        chunks_(chunks),
        first_segment_(SegmentAt(0)) {}

  bool empty() const { return segments_.empty(); }

  // A chunk and the addresses it is asked for.
  struct Place {
    std::uint32_t chunk = kNone;  // kNone: the address lies before every row.
    std::uint32_t offset = 0;     // From the chunk's start.
  };
  Place FindChunk(std::uint64_t address) const;
  // Asks the processor to bring what FindRow of `place` will read.
  void Prefetch(const Place& place) const;
  AddressRow FindRow(const Place& place) const;

  AddressRow Find(std::uint64_t address) const { return FindRow(FindChunk(address)); }

 private:
  struct Segment {
    std::uint64_t base = 0;
    std::uint32_t first_chunk = 0;
    std::uint32_t chunk_count = 0;
    std::uint32_t first_bucket = 0;
    std::uint32_t bucket_count = 0;
    std::uint32_t shift = 0;
  };

  Segment SegmentAt(std::size_t index) const;
  // The segment that `address` is in; one without buckets if it lies before all.
  Segment FindSegment(std::uint64_t address) const;
  std::uint32_t ChunkStart(std::uint32_t chunk) const {
    return ReadAt<std::uint32_t>(index_, std::uint64_t{chunk} * kChunkIndexBytes);
  }
  std::uint32_t ChunkPosition(std::uint32_t chunk) const {
    return ReadAt<std::uint32_t>(index_, std::uint64_t{chunk} * kChunkIndexBytes + sizeof(std::uint32_t));
  }

  base::Bytes segments_;
  base::Bytes buckets_;
  base::Bytes index_;
  CacheBytes chunks_;
  Segment first_segment_;  // Modules larger than 4 GiB are rare: mostly the only one.
};

}  // namespace cairn::symfile
