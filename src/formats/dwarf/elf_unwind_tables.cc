#include "formats/dwarf/elf_unwind_tables.h"

#include <algorithm>
#include <utility>

#include "formats/dwarf/encoded_pointer.h"

namespace cairn::dwarf {

using object::ElfFile;
using object::ElfSection;
using object::ElfSegment;

namespace {

EhFrame::Input InputOf(const ElfFile& file, base::Bytes bytes, object::LinkAddress address,
                       FrameFormat format) {
  EhFrame::Input input;
  input.section.bytes = bytes;
  input.section.format = format;
  input.section.pointers.section_address = address.value;
  input.section.pointers.address_bytes = file.elf_class() == object::ElfClass::k64 ? 8 : 4;
  input.load_base = file.load_base().value;
  input.cpu = file.cpu();
  return input;
}

// .eh_frame_hdr: version, three encodings, then a pointer to .eh_frame, which goes on to its terminator.
std::optional<EhFrame::Input> FollowHeader(const ElfFile& file, const ElfSegment& segment) {
  const base::Bytes bytes = file.BytesAt(segment.address);
  base::ByteReader reader(bytes);
  const auto version = reader.Read<std::uint8_t>();
  const auto encoding = reader.Read<std::uint8_t>();
  reader.Skip(2);
  if (!reader.ok() || version != 1) return std::nullopt;
  const PointerContext context = {.section_address = segment.address.value,
                                  .data_address = segment.address.value,
                                  .address_bytes = file.elf_class() == object::ElfClass::k64 ? 8 : 4};
  const auto address = ReadEncodedPointer(reader, encoding, context);
  if (!address) return std::nullopt;
  const base::Bytes section = file.BytesAt({*address});
  if (section.empty()) return std::nullopt;
  return InputOf(file, section, {*address}, FrameFormat::kEhFrame);
}

}  // namespace

std::optional<EhFrame::Input> FindEhFrame(const ElfFile& file) {
  if (const ElfSection* section = file.FindSection(".eh_frame")) {
    const base::Bytes bytes = file.SectionBytes(*section);
    if (!bytes.empty()) return InputOf(file, bytes, section->address, FrameFormat::kEhFrame);
  }
  for (const ElfSegment& segment : file.segments()) {
    if (segment.type == object::kSegmentEhFrameHeader) return FollowHeader(file, segment);
  }
  return std::nullopt;
}

std::optional<EhFrame::Input> FindDebugFrame(const ElfFile& file, base::Bytes unpacked) {
  const ElfSection* section = file.FindSection(".debug_frame");
  base::Bytes bytes = unpacked;
  if (section != nullptr && (section->flags & object::kSectionCompressed) == 0) {
    bytes = file.SectionBytes(*section);
  }
  if (bytes.empty()) return std::nullopt;
  return InputOf(file, bytes, {0}, FrameFormat::kDebugFrame);
}

base::Result<ElfUnwindTables> ElfUnwindTables::Create(const ElfFile& file, base::Bytes unpacked_debug_frame) {
  std::optional<EhFrame::Input> first = FindEhFrame(file);
  std::optional<EhFrame::Input> second = FindDebugFrame(file, unpacked_debug_frame);
  if (!first) std::swap(first, second);
  if (!first) return base::Error{base::Code::kNotFound, 0, ".eh_frame"};
  ASSIGN_OR_RETURN(EhFrame eh_frame, EhFrame::Create(*first));
  ElfUnwindTables tables(std::move(eh_frame));
  if (second) {
    ASSIGN_OR_RETURN(EhFrame debug_frame, EhFrame::Create(*second));
    tables.debug_frame_ = std::move(debug_frame);
  }
  tables.code_ = FindCodeRanges(file);
  return tables;
}

std::vector<ElfUnwindTables::CodeRange> ElfUnwindTables::FindCodeRanges(const ElfFile& file) {
  std::vector<CodeRange> ranges;
  for (const ElfSection& section : file.sections()) {
    constexpr std::uint64_t kCode = object::kSectionAllocated | object::kSectionExecutable;
    if ((section.flags & kCode) == kCode) ranges.push_back({file.OffsetOf(section.address), section.size});
  }
  if (!ranges.empty()) return ranges;
  for (const ElfSegment& segment : file.segments()) {
    if (segment.type != object::kSegmentLoad || (segment.flags & object::kSegmentExecutable) == 0) continue;
    ranges.push_back({file.OffsetOf(segment.address), segment.memory_size});
  }
  return ranges;
}

std::optional<model::UnwindRow> ElfUnwindTables::FindUnwindRow(model::ModuleOffset offset) const {
  if (eh_frame_.FindRange(offset) != nullptr || !debug_frame_) return eh_frame_.Find(offset);
  return debug_frame_->Find(offset);
}

const FrameRange* ElfUnwindTables::FindRange(model::ModuleOffset offset) const {
  const FrameRange* range = eh_frame_.FindRange(offset);
  return range != nullptr || !debug_frame_ ? range : debug_frame_->FindRange(offset);
}

std::optional<model::SymbolizedAddress> ElfUnwindTables::Symbolize(model::ModuleOffset) const {
  return std::nullopt;
}

model::CodeAt ElfUnwindTables::FindCode(model::ModuleOffset offset) const {
  const bool executable = std::ranges::any_of(code_, [offset](const CodeRange& range) {
    return offset >= range.start && offset.value - range.start.value < range.size;
  });
  if (!executable) return model::CodeAt::kNothing;
  return FindRange(offset) != nullptr ? model::CodeAt::kFunction : model::CodeAt::kUnknown;
}

}  // namespace cairn::dwarf
