#include "formats/dwarf/split_index.h"

namespace cairn::dwarf {

using base::ByteReader;
using base::Bytes;

namespace {

constexpr std::uint32_t kGnuVersion = 2;
constexpr std::uint32_t kVersion = 5;
constexpr std::uint64_t kHeaderBytes = 16;
constexpr std::uint64_t kIdBytes = 8;
constexpr std::uint64_t kNumberBytes = 4;

// DW_SECT_...; what Cairn reads has the same numbers in both versions, but for the last.
constexpr std::uint32_t kInfo = 1;
constexpr std::uint32_t kAbbreviations = 3;
constexpr std::uint32_t kStringOffsets = 6;
constexpr std::uint32_t kRangeLists = 8;  // In version 2 macros, which the sections here do not have.

struct Header {
  std::uint32_t version = 0;
  std::uint32_t columns = 0;
  std::uint32_t units = 0;
  std::uint32_t slots = 0;
};

std::uint32_t NumberAt(Bytes index, std::uint64_t offset) {
  ByteReader reader(index);
  reader.Seek(offset);
  return reader.Read<std::uint32_t>();
}

std::optional<Header> ReadHeader(Bytes index) {
  ByteReader reader(index);
  Header header;
  header.version = reader.Read<std::uint32_t>() & 0xffff;  // Of version 5 two bytes and padding.
  header.columns = reader.Read<std::uint32_t>();
  header.units = reader.Read<std::uint32_t>();
  header.slots = reader.Read<std::uint32_t>();
  // No product of these can overflow: each is at most the section's size in bytes.
  const bool fits = header.columns <= 16 && header.units <= index.size() && header.slots <= index.size();
  const std::uint64_t cells = std::uint64_t{header.columns} * (2 * std::uint64_t{header.units} + 1);
  const std::uint64_t bytes = kHeaderBytes + header.slots * (kIdBytes + kNumberBytes) + cells * kNumberBytes;
  if (!reader.ok() || !fits || bytes > index.size()) return std::nullopt;
  if (header.version != kGnuVersion && header.version != kVersion) return std::nullopt;
  return header;
}

// The unit's row, from 1 on; 0 if there is none. The table is one of hashes, with the id as its own hash.
std::uint32_t FindRow(Bytes index, const Header& header, std::uint64_t split_id) {
  if (header.slots == 0 || (header.slots & (header.slots - 1)) != 0) return 0;
  const std::uint64_t mask = header.slots - 1;
  const std::uint64_t step = (split_id >> 32 & mask) | 1;
  std::uint64_t slot = split_id & mask;
  for (std::uint32_t i = 0; i < header.slots; ++i, slot = (slot + step) & mask) {
    ByteReader reader(index);
    reader.Seek(kHeaderBytes + slot * kIdBytes);
    const std::uint64_t id = reader.Read<std::uint64_t>();
    const std::uint32_t row = NumberAt(index, kHeaderBytes + header.slots * kIdBytes + slot * kNumberBytes);
    if (row == 0 || id == split_id) return row <= header.units ? row : 0;
  }
  return 0;
}

}  // namespace

std::optional<DebugSections> FindInPackage(const DebugSections& package, Bytes unit_index,
                                           std::uint64_t split_id) {
  const std::optional<Header> header = ReadHeader(unit_index);
  if (!header) return std::nullopt;
  const std::uint32_t row = FindRow(unit_index, *header, split_id);
  if (row == 0) return std::nullopt;
  DebugSections sections;
  sections.strings = package.strings;
  const std::uint64_t kinds = kHeaderBytes + header->slots * (kIdBytes + kNumberBytes);
  for (std::uint32_t column = 0; column < header->columns; ++column) {
    // A row of section numbers, then offsets, then sizes of each unit.
    const auto cell = [&](std::uint64_t table_row) {
      return NumberAt(unit_index, kinds + (table_row * header->columns + column) * kNumberBytes);
    };
    const std::uint32_t kind = cell(0);
    const std::uint64_t offset = cell(row);
    const std::uint64_t size = cell(std::uint64_t{header->units} + row);
    const auto cut = [&](Bytes whole) {
      return offset > whole.size() || size > whole.size() - offset
                 ? Bytes()
                 : whole.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
    };
    if (kind == kInfo) sections.info = cut(package.info);
    if (kind == kAbbreviations) sections.abbreviations = cut(package.abbreviations);
    if (kind == kStringOffsets) sections.string_offsets = cut(package.string_offsets);
    if (kind == kRangeLists && header->version == kVersion) sections.range_lists = cut(package.range_lists);
  }
  return sections;
}

}  // namespace cairn::dwarf
