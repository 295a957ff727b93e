// DebugUnit's lists of ranges: .debug_ranges and .debug_rnglists.

#include "formats/dwarf/debug_numbers.h"
#include "formats/dwarf/debug_unit.h"
#include "formats/dwarf/leb128.h"

namespace cairn::dwarf {

using base::ByteReader;

namespace {

// Linkers give addresses of code that they dropped the largest value, or that less one in .debug_ranges,
// where the largest means something else.
bool IsTombstone(std::uint64_t address, std::uint8_t address_bytes) {
  const std::uint64_t largest = address_bytes == 4 ? 0xffffffff : ~std::uint64_t{0};
  return address >= largest - 1;
}

void Append(std::uint64_t begin, std::uint64_t end, std::vector<LinkRange>& ranges) {
  if (begin < end) ranges.push_back({begin, end});
}

}  // namespace

bool DebugUnit::AppendRanges(const AttributeValue& value, std::vector<LinkRange>& ranges) const {
  if (header_.format.version < 5) return AppendRangesTo4(ranges_base_ + value.number, ranges);
  if (value.form != form::kRangeListIndex) return AppendRangesFrom5(value.number, ranges);
  if (value.number >= sections_->range_lists.size()) return false;
  ByteReader reader(sections_->range_lists);
  reader.Seek(range_lists_base_);
  reader.Skip(value.number * header_.format.offset_bytes);
  const std::uint64_t offset = ReadNumber(reader, header_.format.offset_bytes);
  return reader.ok() && AppendRangesFrom5(range_lists_base_ + offset, ranges);
}

// DWARF 4 section 2.17.3: pairs of addresses relative to a base; the largest address brings a new base, and
// two zeros end the list.
bool DebugUnit::AppendRangesTo4(std::uint64_t offset, std::vector<LinkRange>& ranges) const {
  const std::uint8_t bytes = header_.format.address_bytes;
  const std::uint64_t largest = bytes == 4 ? 0xffffffff : ~std::uint64_t{0};
  ByteReader reader(sections_->ranges);
  reader.Seek(offset);
  std::uint64_t base = low_pc_;
  for (std::size_t i = 0; i < kMaxRangesOfEntry; ++i) {
    const std::uint64_t begin = ReadNumber(reader, bytes);
    const std::uint64_t end = ReadNumber(reader, bytes);
    if (!reader.ok()) return false;
    if (begin == 0 && end == 0) return true;
    if (begin == largest) {
      base = end;
    } else if (!IsTombstone(begin, bytes) && !IsTombstone(base, bytes)) {
      Append(base + begin, base + end, ranges);
    }
  }
  return false;
}

// DWARF 5 section 2.17.3.
bool DebugUnit::AppendRangesFrom5(std::uint64_t offset, std::vector<LinkRange>& ranges) const {
  const std::uint8_t bytes = header_.format.address_bytes;
  ByteReader reader(sections_->range_lists);
  reader.Seek(offset);
  std::optional<std::uint64_t> base = low_pc_;
  for (std::size_t i = 0; i < kMaxRangesOfEntry && reader.ok(); ++i) {
    std::optional<std::uint64_t> begin;
    std::optional<std::uint64_t> end;
    switch (reader.Read<std::uint8_t>()) {
      case range_entry::kEnd: return reader.ok();
      case range_entry::kBaseIndex: base = AddressAt(ReadUnsignedLeb128(reader)); continue;
      case range_entry::kBaseAddress: base = ReadNumber(reader, bytes); continue;
      case range_entry::kStartEndIndex:
        begin = AddressAt(ReadUnsignedLeb128(reader));
        end = AddressAt(ReadUnsignedLeb128(reader));
        break;
      case range_entry::kStartIndexLength:
        begin = AddressAt(ReadUnsignedLeb128(reader));
        if (begin) end = *begin + ReadUnsignedLeb128(reader);
        break;
      case range_entry::kOffsetPair: {
        const std::uint64_t first = ReadUnsignedLeb128(reader);
        const std::uint64_t last = ReadUnsignedLeb128(reader);
        if (!base || IsTombstone(*base, bytes)) continue;
        begin = *base + first;
        end = *base + last;
        break;
      }
      case range_entry::kStartEnd:
        begin = ReadNumber(reader, bytes);
        end = ReadNumber(reader, bytes);
        break;
      case range_entry::kStartLength:
        begin = ReadNumber(reader, bytes);
        end = *begin + ReadUnsignedLeb128(reader);
        break;
      default: return false;
    }
    if (reader.ok() && begin && end && !IsTombstone(*begin, bytes)) Append(*begin, *end, ranges);
  }
  return false;
}

}  // namespace cairn::dwarf
