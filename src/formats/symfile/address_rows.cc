#include "formats/symfile/address_rows.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <span>

namespace cairn::symfile {
namespace {

// A chunk begins with these; widths are in bits. Then 32 distances of rows from its start, each of the first
// width; the greatest number stands for a row that is not there. Then file, line and inlined call of each
// row.
constexpr std::size_t kSpanOffset = 0;    // u32, the span in force before the chunk, modulo 2^32.
constexpr std::size_t kBeginsOffset = 4;  // u32, bit i: row i begins a span.
constexpr std::size_t kLowOffset = 8;     // 3 x u32: smallest file, line, inlined call that is not "none".
constexpr std::size_t kCountOffset = 20;  // u8, number of rows.
constexpr std::size_t kWidthOffset = 21;  // 4 x u8: distance (8, 16 or 32), file, line, inlined call.
constexpr std::size_t kChunkHeaderBytes = 25;

// A column is stored as 0 for "none", else as 1 above its smallest number.
struct Column {
  std::uint32_t none = kNone;
  std::uint32_t low = kNone;
  std::uint32_t high = 0;
  std::uint32_t width = 0;

  void Take(std::uint32_t value) {
    if (value == none) return;
    low = std::min(low, value);
    high = std::max(high, value);
    width = BitsOf(high - low + 1);
  }
  std::uint32_t Stored(std::uint32_t value) const { return value == none ? 0 : value - low + 1; }
};

std::uint32_t Restored(std::uint32_t stored, std::uint32_t low, std::uint32_t none) {
  return stored == 0 ? none : low + stored - 1;
}

// A chunk of 32 rows of the greatest widths, and what BitsAt takes at once behind it. So many bytes lie
// behind the start of each chunk, so that one check allows all reads.
constexpr std::size_t kChunkReach =
    kChunkHeaderBytes + std::size_t{kRowsPerChunk} * 4 * sizeof(std::uint32_t) + kBitPadding;

// Reads numbers of one chunk. Positions are computed from at most 32 rows and widths of at most 32 bits, so
// none leaves the chunk's reach, and the reads need no check of their own.
class ChunkBits {
 public:
  explicit ChunkBits(std::span<const std::byte, kChunkReach> bytes) : bytes_(bytes) {}

  std::uint32_t Byte(std::size_t offset, std::uint32_t max) const {
    return std::min(static_cast<std::uint32_t>(bytes_[offset]), max);
  }
  std::uint32_t Word(std::size_t offset) const {
    std::uint32_t value;
    std::memcpy(&value, bytes_.data() + offset, sizeof(value));
    return value;
  }
  // The number of distances, of 32, that are not above `offset`.
  std::uint32_t CountDistances(std::uint32_t width, std::uint32_t offset) const {
    if (width == 8) return CountUpTo<std::uint8_t>(offset);
    if (width == 16) return CountUpTo<std::uint16_t>(offset);
    return CountUpTo<std::uint32_t>(offset);
  }
  std::uint32_t Number(std::uint32_t bit, std::uint32_t width) const {
    std::uint64_t value;
    std::memcpy(&value, bytes_.data() + bit / 8, sizeof(value));
    return static_cast<std::uint32_t>(value >> (bit % 8) & ((std::uint64_t{1} << width) - 1));
  }

 private:
  // One comparison of all rows takes less time than a search among them, and has nothing to predict.
  template <typename Distance>
  std::uint32_t CountUpTo(std::uint32_t offset) const {
    std::array<Distance, kRowsPerChunk> distances;
    std::memcpy(distances.data(), bytes_.data() + kChunkHeaderBytes, sizeof(distances));
    const auto limit =
        static_cast<Distance>(std::min<std::uint32_t>(offset, std::numeric_limits<Distance>::max()));
    Distance count = 0;
    for (const Distance distance : distances)
      count = static_cast<Distance>(count + (distance <= limit ? 1 : 0));
    return count;
  }

  std::span<const std::byte, kChunkReach> bytes_;
};

// std::popcount is a call into the compiler's library where the processor need not have the instruction.
std::uint32_t CountBits(std::uint32_t bits) {
  bits -= bits >> 1 & 0x55555555;
  bits = (bits & 0x33333333) + (bits >> 2 & 0x33333333);
  bits = (bits + (bits >> 4)) & 0x0f0f0f0f;
  return bits * 0x01010101 >> 24;
}

// Each chunk has about one bucket.
std::uint32_t BucketShift(std::uint32_t span, std::size_t chunks) {
  std::uint32_t shift = 0;
  while (shift < 31 && (span >> shift) >= chunks) ++shift;
  return shift;
}

}  // namespace

void AddressRowWriter::Add(std::uint64_t address, const AddressRow& row) {
  if (!segment_open_ || address - segment_base_ > 0xffffffff) {
    FinishSegment();
    BeginSegment(address);
  }
  if (pending_count_ == kRowsPerChunk) WriteChunk();
  pending_[pending_count_] = {static_cast<std::uint32_t>(address - segment_base_), row,
                              row.span != last_span_};
  last_span_ = row.span;
  ++pending_count_;
  ++row_count_;
}

void AddressRowWriter::BeginSegment(std::uint64_t base) {
  segment_open_ = true;
  segment_base_ = base;
  segment_first_chunk_ = static_cast<std::uint32_t>(index_.size() / 2);
}

void AddressRowWriter::WriteChunk() {
  const std::span<const Entry> entries = std::span(pending_).first(pending_count_);
  index_.insert(index_.end(), {entries[0].start, static_cast<std::uint32_t>(chunks_.size())});
  Column file;
  Column line{.none = 0};
  Column node;
  std::uint32_t begins = 0;
  for (std::uint32_t i = 0; i < pending_count_; ++i) {
    file.Take(entries[i].row.file);
    line.Take(entries[i].row.line);
    node.Take(entries[i].row.inline_node);
    begins |= (entries[i].begins_span ? 1u : 0u) << i;
  }
  const std::uint32_t farthest = entries.back().start - entries[0].start;
  const std::uint32_t distance_width = farthest <= 0xff ? 8 : farthest <= 0xffff ? 16 : 32;
  BitWriter writer(chunks_);
  writer.Put(entries[0].row.span - (entries[0].begins_span ? 1 : 0), 32);
  writer.Put(begins, 32);
  for (const Column* column : {&file, &line, &node}) writer.Put(column->low, 32);
  for (const std::uint32_t byte : {pending_count_, distance_width, file.width, line.width, node.width}) {
    writer.Put(byte, 8);
  }
  for (const Entry& entry : entries) writer.Put(entry.start - entries[0].start, distance_width);
  for (std::uint32_t i = pending_count_; i < kRowsPerChunk; ++i) {
    writer.Put(0xffffffffu >> (32 - distance_width), distance_width);
  }
  writer.Align();
  for (const Entry& entry : entries) {
    writer.Put(file.Stored(entry.row.file), file.width);
    writer.Put(line.Stored(entry.row.line), line.width);
    writer.Put(node.Stored(entry.row.inline_node), node.width);
  }
  writer.Align();
  pending_count_ = 0;
}

void AddressRowWriter::FinishSegment() {
  if (!segment_open_) return;
  if (pending_count_ > 0) WriteChunk();
  const auto chunk_count = static_cast<std::uint32_t>(index_.size() / 2 - segment_first_chunk_);
  const auto start_of = [&](std::uint32_t chunk) {
    return index_[std::size_t{2} * (segment_first_chunk_ + chunk)];
  };
  const std::uint32_t last_start = start_of(chunk_count - 1);
  const std::uint32_t shift = BucketShift(last_start, chunk_count);
  const auto first_bucket = static_cast<std::uint32_t>(buckets_.size());
  const std::uint32_t bucket_count = (last_start >> shift) + 1;
  std::uint32_t chunk = 0;
  for (std::uint32_t bucket = 0; bucket < bucket_count; ++bucket) {
    while (start_of(chunk) >> shift < bucket) ++chunk;  // The last chunk is in the last bucket.
    buckets_.push_back(chunk);
  }
  buckets_.push_back(chunk_count);
  segments_.insert(segments_.end(), {static_cast<std::uint32_t>(segment_base_),
                                     static_cast<std::uint32_t>(segment_base_ >> 32), segment_first_chunk_,
                                     chunk_count, first_bucket, bucket_count, shift, 0});
  segment_open_ = false;
}

void AddressRowWriter::Finish(CacheTables& tables) {
  FinishSegment();
  chunks_.resize(chunks_.size() + kChunkReach);
  tables[Section::kSegments] = std::move(segments_);
  tables[Section::kBuckets] = std::move(buckets_);
  tables[Section::kChunkIndex] = std::move(index_);
  tables[Section::kChunks] = std::move(chunks_);
}

AddressRows::Segment AddressRows::SegmentAt(std::size_t index) const {
  Segment segment;
  const auto bytes = base::Slice(segments_, index * kSegmentBytes, kSegmentBytes);
  if (!bytes) return segment;
  base::ByteReader reader(*bytes);
  segment.base = reader.Read<std::uint64_t>();
  segment.first_chunk = reader.Read<std::uint32_t>();
  segment.chunk_count = reader.Read<std::uint32_t>();
  segment.first_bucket = reader.Read<std::uint32_t>();
  segment.bucket_count = reader.Read<std::uint32_t>();
  segment.shift = std::min<std::uint32_t>(reader.Read<std::uint32_t>(), 31);
  return segment;
}

AddressRows::Segment AddressRows::FindSegment(std::uint64_t address) const {
  const std::size_t count = CountUpTo(segments_, address, kSegmentBytes);
  return count == 0 ? Segment{} : SegmentAt(count - 1);
}

AddressRows::Place AddressRows::FindChunk(std::uint64_t address) const {
  const bool is_only = segments_.size() < 2 * kSegmentBytes;
  const Segment other = is_only ? Segment{} : FindSegment(address);
  const Segment& segment = is_only ? first_segment_ : other;
  if (segment.bucket_count == 0 || segment.base > address) return {};
  // What lies behind a segment's rows belongs to its last one.
  const auto offset = static_cast<std::uint32_t>(std::min<std::uint64_t>(address - segment.base, 0xffffffff));
  const std::uint32_t bucket = std::min(offset >> segment.shift, segment.bucket_count - 1);
  const std::uint64_t entry = (std::uint64_t{segment.first_bucket} + bucket) * sizeof(std::uint32_t);
  const std::uint32_t first = ReadAt<std::uint32_t>(buckets_, entry);
  const std::uint32_t end =
      std::min(ReadAt<std::uint32_t>(buckets_, entry + sizeof(std::uint32_t)), segment.chunk_count);
  if (first > end) return {};
  std::uint32_t chunk = segment.first_chunk + first;
  std::uint32_t count = end - first;
  while (count > 0) {
    const std::uint32_t half = count / 2;
    const bool not_above = ChunkStart(chunk + half) <= offset;
    chunk = not_above ? chunk + half + 1 : chunk;
    count = not_above ? count - half - 1 : half;
  }
  // Before the first chunk of the bucket that of the bucket before is in force.
  if (chunk == segment.first_chunk) return {};
  Place place{.chunk = chunk - 1};
  const std::uint32_t start = ChunkStart(place.chunk);
  if (start > offset) return {};
  place.offset = offset - start;
  return place;
}

void AddressRows::Prefetch(const Place& place) const {
  if (place.chunk >= index_.size() / kChunkIndexBytes) return;
  constexpr std::size_t kUsualBytes = 3 * 64;  // A chunk of a C++ module has some 150 bytes.
  chunks_.Prefetch(ChunkPosition(place.chunk), kUsualBytes);
}

AddressRow AddressRows::FindRow(const Place& place) const {
  if (place.chunk >= index_.size() / kChunkIndexBytes) return {};  // kNone is behind every chunk.
  // What follows reads no further than kChunkReach from here, whatever the chunk says.
  std::array<std::byte, kChunkReach> scratch;
  const auto chunk = chunks_.View(ChunkPosition(place.chunk), kChunkReach, scratch);
  if (!chunk) return {};
  const ChunkBits bits(chunk->first<kChunkReach>());
  const std::uint32_t count = bits.Byte(kCountOffset, kRowsPerChunk);
  if (count == 0) return {};
  const std::uint32_t distance_width = bits.Byte(kWidthOffset, 32);

  const std::uint32_t not_above = bits.CountDistances(distance_width, place.offset);
  const std::uint32_t row = std::clamp<std::uint32_t>(not_above, 1, count) - 1;
  const std::uint32_t file_width = bits.Byte(kWidthOffset + 1, 32);
  const std::uint32_t line_width = bits.Byte(kWidthOffset + 2, 32);
  const std::uint32_t node_width = bits.Byte(kWidthOffset + 3, 32);
  constexpr std::uint32_t kFirstBit = kChunkHeaderBytes * 8;
  const std::uint32_t file_bit =
      kFirstBit + kRowsPerChunk * distance_width + row * (file_width + line_width + node_width);
  const std::uint32_t up_to_row = 0xffffffffu >> (kRowsPerChunk - 1 - row);
  AddressRow found;
  found.span = bits.Word(kSpanOffset) + CountBits(bits.Word(kBeginsOffset) & up_to_row);
  found.file = Restored(bits.Number(file_bit, file_width), bits.Word(kLowOffset), kNone);
  found.line = Restored(bits.Number(file_bit + file_width, line_width), bits.Word(kLowOffset + 4), 0);
  found.inline_node =
      Restored(bits.Number(file_bit + file_width + line_width, node_width), bits.Word(kLowOffset + 8), kNone);
  return found;
}

}  // namespace cairn::symfile
