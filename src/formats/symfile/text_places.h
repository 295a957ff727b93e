// Where the records of a symbol file's text begin, ordered by what they are looked up by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace cairn::symfile {

struct RecordPlace {
  std::uint64_t key = 0;     // An address, or the id of a FILE or INLINE_ORIGIN.
  std::uint32_t offset = 0;  // Of the record's line in the text.
  std::uint32_t size = 0;    // Of the addresses that it covers; 0 for a record that has no size.
};

// A size of kLongSize or more, kept beside the places.
inline constexpr std::uint32_t kLongSize = 0xffffffff;
struct LongSize {
  std::uint32_t offset = 0;
  std::uint64_t size = 0;
};

// Ascending by key, at one key first those with a size, then in the order of the text. Takes n log r steps
// for r runs that are in order already: files are, but for a few pieces.
void SortPlaces(std::vector<RecordPlace>& places);

// The last place of the text with `key` in sorted places.
std::optional<RecordPlace> FindLast(std::span<const RecordPlace> places, std::uint64_t key);

// Those of sorted places with the greatest key that is not above `address`.
std::span<const RecordPlace> FindLastStart(std::span<const RecordPlace> places, std::uint64_t address);

// Those of sorted places with the smallest key above `address`.
std::span<const RecordPlace> FindNextStart(std::span<const RecordPlace> places, std::uint64_t address);

// Finds the records that cover an address, whatever overlaps there are.
class PlaceIndex {
 public:
  PlaceIndex() = default;
  // `long_sizes` ascend by offset; a place of kLongSize that is not among them has that size.
  PlaceIndex(std::vector<RecordPlace> places, std::vector<LongSize> long_sizes);

  std::span<const RecordPlace> places() const { return places_; }
  std::size_t bytes() const { return places_.size() * sizeof(RecordPlace) + blocks_.size() * sizeof(Block); }

  // At most `limit` places that cover `address`: the smallest, and of one size the first of the text. They
  // are in the order of the text.
  std::vector<RecordPlace> FindCovering(std::uint64_t address, std::size_t limit) const;

  bool Covers(std::uint64_t address) const { return !FindCovering(address, 1).empty(); }

 private:
  // Ends, half-open, of neighbouring places, so that a search can pass over those that end too early.
  static constexpr std::size_t kBlockPlaces = 64;
  struct Block {
    std::uint64_t last_end = 0;         // The greatest end in this block.
    std::uint64_t last_end_so_far = 0;  // The same of this and all blocks before.
  };

  std::uint64_t SizeOf(const RecordPlace& place) const;

  std::vector<RecordPlace> places_;
  std::vector<LongSize> long_sizes_;
  std::vector<Block> blocks_;
};

}  // namespace cairn::symfile
