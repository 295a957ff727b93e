#include "formats/native_unwind/arm_unwind_table.h"

#include <algorithm>
#include <utility>

#include "formats/native_unwind/arm_unwind_info.h"
#include "formats/native_unwind/rule_building.h"

namespace cairn::native {

using model::ModuleOffset;
using object::ElfFile;
using object::LinkAddress;

namespace {

constexpr std::uint32_t kSectionArmIndex = 0x70000001;  // SHT_ARM_EXIDX; PT_ARM_EXIDX has the same number.
constexpr std::size_t kEntryBytes = 8;
constexpr std::uint32_t kCannotUnwind = 1;  // EXIDX_CANTUNWIND

// What a word whose lower 31 bits are a distance from itself points at.
LinkAddress Follow(LinkAddress at, std::uint32_t word) {
  const std::uint32_t distance = (word & 0x7fffffff) | (word << 1 & 0x80000000);
  return {static_cast<std::uint32_t>(at.value + distance)};
}

}  // namespace

std::optional<ArmUnwindTable> ArmUnwindTable::Create(const ElfFile& file) {
  if (file.cpu() != model::Cpu::kArm) return std::nullopt;
  for (const object::ElfSection& section : file.sections()) {
    const base::Bytes bytes = file.SectionBytes(section);
    if (section.type == kSectionArmIndex && !bytes.empty())
      return ArmUnwindTable(file, bytes, section.address);
  }
  for (const object::ElfSegment& segment : file.segments()) {
    const base::Bytes bytes = file.SegmentBytes(segment);
    if (segment.type == kSectionArmIndex && !bytes.empty())
      return ArmUnwindTable(file, bytes, segment.address);
  }
  return std::nullopt;
}

ArmUnwindTable::Entry ArmUnwindTable::EntryAt(std::size_t index) const {
  base::ByteReader reader(index_);
  reader.Seek(std::uint64_t{index} * kEntryBytes);
  const LinkAddress at{address_.value + index * kEntryBytes};
  Entry entry;
  const LinkAddress start = Follow(at, reader.Read<std::uint32_t>());
  entry.start = file_.OffsetOf({start.value & ~std::uint64_t{1}});  // Bit 0 says that the code is Thumb.
  entry.word = reader.Read<std::uint32_t>();
  entry.word_address = {at.value + 4};
  return entry;
}

// Linkers sort the rows. In a broken file the search ends all the same, with another row or none.
std::optional<ArmUnwindTable::Entry> ArmUnwindTable::FindEntry(ModuleOffset offset) const {
  if (!IsCode(offset)) return std::nullopt;
  std::size_t first = 0;
  std::size_t count = index_.size() / kEntryBytes;
  while (count > 0) {
    const std::size_t half = count / 2;
    if (EntryAt(first + half).start <= offset) {
      first += half + 1;
      count -= half + 1;
    } else {
      count = half;
    }
  }
  if (first == 0) return std::nullopt;
  const Entry entry = EntryAt(first - 1);
  return entry.word == kCannotUnwind ? std::nullopt : std::optional(entry);
}

bool ArmUnwindTable::IsCode(ModuleOffset offset) const {
  return std::ranges::any_of(file_.segments(), [&](const object::ElfSegment& segment) {
    const bool is_code =
        segment.type == object::kSegmentLoad && (segment.flags & object::kSegmentExecutable) != 0;
    const ModuleOffset start = file_.OffsetOf(segment.address);
    return is_code && offset >= start && offset.value - start.value < segment.memory_size;
  });
}

std::optional<ModuleOffset> ArmUnwindTable::FindStart(ModuleOffset offset) const {
  const std::optional<Entry> entry = FindEntry(offset);
  return entry ? std::optional(entry->start) : std::nullopt;
}

std::optional<model::UnwindRow> ArmUnwindTable::FindRow(ModuleOffset offset) const {
  const std::optional<Entry> entry = FindEntry(offset);
  if (!entry) return std::nullopt;
  if (offset == entry->start) {
    model::UnwindRow leaf;
    leaf.cfa = RegisterPlus(model::kArmSp, 0);
    leaf.return_address = RegisterPlus(model::kArmLr, 0);
    return leaf;
  }
  constexpr std::uint32_t kInlineBit = 1u << 31;
  const auto instructions =
      (entry->word & kInlineBit) != 0
          ? ReadInlineArmInstructions(entry->word)
          : ReadArmInstructions(file_.BytesAt(Follow(entry->word_address, entry->word)));
  if (!instructions) return std::nullopt;
  const auto row = RowOfArmInstructions(*instructions);
  return row ? std::optional(*row) : std::nullopt;
}

std::vector<std::vector<dwarf::FrameRow>> ArmUnwindTable::Functions() const {
  constexpr std::uint64_t kSmallestInstruction = 2;
  std::vector<std::vector<dwarf::FrameRow>> functions;
  const std::size_t count = index_.size() / kEntryBytes;
  for (std::size_t i = 0; i < count; ++i) {
    const Entry entry = EntryAt(i);
    // The last entry only says where the code ends, or that what follows cannot be unwound.
    const ModuleOffset end = i + 1 < count ? EntryAt(i + 1).start : entry.start;
    if (entry.word == kCannotUnwind || end.value <= entry.start.value + kSmallestInstruction) continue;
    const ModuleOffset second = {entry.start.value + kSmallestInstruction};
    std::optional<model::UnwindRow> row = FindRow(second);
    if (!row) continue;
    functions.push_back({{entry.start, kSmallestInstruction, FindRow(entry.start)},
                         {second, end.value - second.value, std::move(row)}});
  }
  return functions;
}

}  // namespace cairn::native
