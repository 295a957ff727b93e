#include "formats/symfile/text_places.h"

#include <algorithm>

namespace cairn::symfile {
namespace {

bool Before(const RecordPlace& a, const RecordPlace& b) {
  if (a.key != b.key) return a.key < b.key;
  if ((a.size == 0) != (b.size == 0)) return b.size == 0;
  return a.offset < b.offset;
}

using Iterator = std::vector<RecordPlace>::iterator;

}  // namespace

void SortPlaces(std::vector<RecordPlace>& places) {
  std::vector<Iterator> starts{places.begin()};
  while (starts.back() != places.end()) {
    starts.push_back(std::is_sorted_until(starts.back(), places.end(), Before));
  }
  // Merges each run with its neighbour, until there is one.
  while (starts.size() > 2) {
    std::vector<Iterator> merged;
    std::size_t run = 0;
    for (; run + 2 < starts.size(); run += 2) {
      std::inplace_merge(starts[run], starts[run + 1], starts[run + 2], Before);
      merged.push_back(starts[run]);
    }
    merged.insert(merged.end(), starts.begin() + static_cast<std::ptrdiff_t>(run), starts.end());
    starts = std::move(merged);
  }
}

std::optional<RecordPlace> FindLast(std::span<const RecordPlace> places, std::uint64_t key) {
  const auto behind = std::ranges::upper_bound(places, key, {}, &RecordPlace::key);
  if (behind == places.begin() || std::prev(behind)->key != key) return std::nullopt;
  return *std::prev(behind);
}

std::span<const RecordPlace> FindLastStart(std::span<const RecordPlace> places, std::uint64_t address) {
  const auto behind = std::ranges::upper_bound(places, address, {}, &RecordPlace::key);
  if (behind == places.begin()) return {};
  const auto first =
      std::ranges::lower_bound(places.begin(), behind, std::prev(behind)->key, {}, &RecordPlace::key);
  return {first, behind};
}

std::span<const RecordPlace> FindNextStart(std::span<const RecordPlace> places, std::uint64_t address) {
  const auto first = std::ranges::upper_bound(places, address, {}, &RecordPlace::key);
  if (first == places.end()) return {};
  return {first, std::ranges::upper_bound(first, places.end(), first->key, {}, &RecordPlace::key)};
}

PlaceIndex::PlaceIndex(std::vector<RecordPlace> places, std::vector<LongSize> long_sizes)
    : places_(std::move(places)), long_sizes_(std::move(long_sizes)) {
  SortPlaces(places_);
  blocks_.reserve(places_.size() / kBlockPlaces + 1);
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < places_.size(); i += kBlockPlaces) {
    Block block;
    for (std::size_t k = i; k < std::min(i + kBlockPlaces, places_.size()); ++k) {
      block.last_end = std::max(block.last_end, places_[k].key + SizeOf(places_[k]));
    }
    so_far = std::max(so_far, block.last_end);
    block.last_end_so_far = so_far;
    blocks_.push_back(block);
  }
}

std::uint64_t PlaceIndex::SizeOf(const RecordPlace& place) const {
  if (place.size != kLongSize) return place.size;
  const auto found = std::ranges::lower_bound(long_sizes_, place.offset, {}, &LongSize::offset);
  return found != long_sizes_.end() && found->offset == place.offset ? found->size : place.size;
}

std::vector<RecordPlace> PlaceIndex::FindCovering(std::uint64_t address, std::size_t limit) const {
  std::vector<RecordPlace> found;
  const auto is_better = [&](const RecordPlace& a, const RecordPlace& b) {
    const std::uint64_t size_a = SizeOf(a);
    const std::uint64_t size_b = SizeOf(b);
    return size_a != size_b ? size_a < size_b : a.offset < b.offset;
  };
  const auto behind = std::ranges::upper_bound(places_, address, {}, &RecordPlace::key);
  auto count = static_cast<std::size_t>(behind - places_.begin());
  while (count > 0) {
    const std::size_t block = (count - 1) / kBlockPlaces;
    if (blocks_[block].last_end_so_far <= address) break;
    const std::size_t first = block * kBlockPlaces;
    for (std::size_t i = first; blocks_[block].last_end > address && i < count; ++i) {
      if (address - places_[i].key >= SizeOf(places_[i])) continue;
      found.insert(std::ranges::upper_bound(found, places_[i], is_better), places_[i]);
      if (found.size() > limit) found.pop_back();
    }
    count = first;
  }
  std::ranges::sort(found, {}, &RecordPlace::offset);
  return found;
}

}  // namespace cairn::symfile
