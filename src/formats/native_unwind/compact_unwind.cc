#include "formats/native_unwind/compact_unwind.h"

#include <algorithm>

namespace cairn::native {

using model::ModuleOffset;

namespace {

constexpr std::uint32_t kVersion = 1;
constexpr std::uint32_t kRegularPage = 2;
constexpr std::uint32_t kCompressedPage = 3;

// unwind_info_section_header
constexpr std::uint64_t kCommonEncodingsField = 4;
constexpr std::uint64_t kCommonCountField = 8;
constexpr std::uint64_t kIndexField = 20;
constexpr std::uint64_t kIndexCountField = 24;
constexpr std::uint64_t kIndexEntryBytes = 12;
constexpr std::uint64_t kEncodingBytes = 4;

// The last of `count` elements whose `start(i)` is not above `value`; nothing if all are. Ends for any order.
template <typename Start>
std::optional<std::uint64_t> LastNotAbove(std::uint64_t count, std::uint64_t value, const Start& start) {
  std::uint64_t first = 0;
  while (count > 0) {
    const std::uint64_t half = count / 2;
    if (start(first + half) <= value) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  return first == 0 ? std::nullopt : std::optional(first - 1);
}

}  // namespace

// Zero outside the section, which every caller takes for the end or for nothing.
std::uint32_t CompactUnwind::NumberAt(std::uint64_t offset) const {
  base::ByteReader reader(section_, order_);
  reader.Seek(offset);
  return reader.ok() ? reader.Read<std::uint32_t>() : 0;
}

std::optional<CompactEntry> CompactUnwind::Find(ModuleOffset offset) const {
  if (NumberAt(0) != kVersion) return std::nullopt;
  const std::uint64_t index = NumberAt(kIndexField);
  const std::uint64_t count = NumberAt(kIndexCountField);
  if (!base::Slice(section_, index, count * kIndexEntryBytes)) return std::nullopt;
  const auto start = [&](std::uint64_t i) { return NumberAt(index + i * kIndexEntryBytes); };
  const std::optional<std::uint64_t> found = LastNotAbove(count, offset.value, start);
  // The last row is a guard that says where the last function ends.
  if (!found || *found + 1 >= count) return std::nullopt;
  const Range range = {start(*found), start(*found + 1)};
  const std::uint64_t page = NumberAt(index + *found * kIndexEntryBytes + 4);
  if (page == 0) return std::nullopt;
  switch (NumberAt(page)) {
    case kRegularPage: return FindInRegularPage(page, range, offset);
    case kCompressedPage: return FindInCompressedPage(page, range, offset);
    default: return std::nullopt;
  }
}

std::vector<CompactEntry> CompactUnwind::Entries() const {
  std::vector<CompactEntry> entries;
  if (NumberAt(0) != kVersion) return entries;
  const std::uint64_t index = NumberAt(kIndexField);
  const std::uint64_t count = NumberAt(kIndexCountField);
  if (!base::Slice(section_, index, count * kIndexEntryBytes)) return entries;
  std::uint64_t offset = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    offset = std::max<std::uint64_t>(offset, NumberAt(index + i * kIndexEntryBytes));
    // Each entry ends behind the offset that it was found by, so this ends.
    while (const std::optional<CompactEntry> entry = Find({offset})) {
      entries.push_back(*entry);
      offset = entry->start.value + entry->size;
    }
  }
  return entries;
}

// unwind_info_regular_second_level_page_header: kind, offset and count of the entries; each is an address and
// an encoding.
std::optional<CompactEntry> CompactUnwind::FindInRegularPage(std::uint64_t page, const Range& range,
                                                             ModuleOffset offset) const {
  constexpr std::uint64_t kEntryBytes = 8;
  base::ByteReader reader(section_, order_);
  reader.Seek(page + 4);
  const std::uint64_t entries = page + reader.Read<std::uint16_t>();
  const std::uint64_t count = reader.Read<std::uint16_t>();
  if (!reader.ok() || !base::Slice(section_, entries, count * kEntryBytes)) return std::nullopt;
  const auto start = [&](std::uint64_t i) { return NumberAt(entries + i * kEntryBytes); };
  const std::optional<std::uint64_t> found = LastNotAbove(count, offset.value, start);
  if (!found) return std::nullopt;
  const std::uint64_t begin = start(*found);
  const std::uint64_t end = *found + 1 < count ? start(*found + 1) : range.end;
  if (offset.value >= end) return std::nullopt;
  return CompactEntry{{begin}, end - begin, NumberAt(entries + *found * kEntryBytes + 4)};
}

// unwind_info_compressed_second_level_page_header: as above, then offset and count of the page's own
// encodings. An entry has 24 bits of address, counted from the page's first function, and an index of 8 bits.
std::optional<CompactEntry> CompactUnwind::FindInCompressedPage(std::uint64_t page, const Range& range,
                                                                ModuleOffset offset) const {
  constexpr std::uint64_t kEntryBytes = 4;
  base::ByteReader reader(section_, order_);
  reader.Seek(page + 4);
  const std::uint64_t entries = page + reader.Read<std::uint16_t>();
  const std::uint64_t count = reader.Read<std::uint16_t>();
  const std::uint64_t encodings = page + reader.Read<std::uint16_t>();
  const std::uint64_t encoding_count = reader.Read<std::uint16_t>();
  if (!reader.ok() || !base::Slice(section_, entries, count * kEntryBytes)) return std::nullopt;
  const auto start = [&](std::uint64_t i) {
    return range.begin + (NumberAt(entries + i * kEntryBytes) & 0xffffff);
  };
  const std::optional<std::uint64_t> found = LastNotAbove(count, offset.value, start);
  if (!found) return std::nullopt;
  const std::uint64_t begin = start(*found);
  const std::uint64_t end = *found + 1 < count ? start(*found + 1) : range.end;
  if (offset.value >= end) return std::nullopt;

  std::uint64_t index = NumberAt(entries + *found * kEntryBytes) >> 24;
  const std::uint64_t common_count = NumberAt(kCommonCountField);
  std::uint64_t table = NumberAt(kCommonEncodingsField);
  std::uint64_t table_count = common_count;
  if (index >= common_count) {
    index -= common_count;
    table = encodings;
    table_count = encoding_count;
  }
  if (index >= table_count) return std::nullopt;
  const std::uint64_t place = table + index * kEncodingBytes;
  if (!base::Slice(section_, place, kEncodingBytes)) return std::nullopt;
  return CompactEntry{{begin}, end - begin, NumberAt(place)};
}

}  // namespace cairn::native
