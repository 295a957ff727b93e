#include "formats/dwarf/eh_frame.h"

#include <algorithm>
#include <unordered_map>

#include "formats/dwarf/frame_machine.h"
#include "formats/dwarf/row_translation.h"

namespace cairn::dwarf {

using base::Result;

base::Result<EhFrame> EhFrame::Create(const Input& input) {
  const model::RegisterTable* table = model::FindRegisterTable(input.cpu);
  if (table == nullptr) return base::Error{base::Code::kUnsupported, 0, "unwind tables of this CPU"};
  EhFrame frame(input, *table);
  frame.BuildIndex();
  return frame;
}

void EhFrame::BuildIndex() {
  const FrameSection& section = input_.section;
  std::unordered_map<std::uint64_t, Result<CommonEntry>> commons;
  std::uint64_t offset = 0;
  while (offset < section.bytes.size()) {
    const Result<EntryHeader> header = ReadEntryHeader(section, offset);
    if (!header) {  // Without a length there is no way to the next entry.
      ++bad_entries_;
      break;
    }
    const std::uint64_t entry_offset = offset;
    offset = header->body.end;
    if (header->terminator && section.format == FrameFormat::kEhFrame) break;
    if (header->terminator || header->common) continue;

    auto found = commons.find(header->common_offset);
    if (found == commons.end()) {
      const Result<EntryHeader> common = ReadEntryHeader(section, header->common_offset);
      const bool is_common = common && common->common;
      found = commons
                  .emplace(header->common_offset,
                           is_common ? ReadCommonEntry(section, common->body)
                                     : base::Error{base::Code::kBadValue, header->common_offset, "CIE"})
                  .first;
    }
    const auto entry = found->second ? ReadDescriptionEntry(section, *header, *found->second)
                                     : Result<DescriptionEntry>(found->second.error());
    if (!entry) {
      ++bad_entries_;
      continue;
    }
    // Linkers leave entries of functions that they dropped at zero, or empty.
    if (entry->size == 0 || entry->start < input_.load_base || entry->start == 0) continue;
    ranges_.push_back({{entry->start - input_.load_base}, entry->size, entry_offset});
  }
  std::ranges::stable_sort(ranges_, {}, &FrameRange::start);
  const auto repeated = std::ranges::unique(ranges_, {}, &FrameRange::start);
  ranges_.erase(repeated.begin(), repeated.end());
}

const FrameRange* EhFrame::FindRange(model::ModuleOffset offset) const {
  const auto after = std::ranges::upper_bound(ranges_, offset, {}, &FrameRange::start);
  if (after == ranges_.begin()) return nullptr;
  const FrameRange& range = after[-1];
  return offset.value - range.start.value < range.size ? &range : nullptr;
}

std::optional<EhFrame::Entries> EhFrame::ReadEntries(const FrameRange& range) const {
  const auto header = ReadEntryHeader(input_.section, range.entry_offset);
  if (!header) return std::nullopt;
  const auto common_header = ReadEntryHeader(input_.section, header->common_offset);
  if (!common_header) return std::nullopt;
  const auto common = ReadCommonEntry(input_.section, common_header->body);
  if (!common) return std::nullopt;
  const auto description = ReadDescriptionEntry(input_.section, *header, *common);
  if (!description) return std::nullopt;
  return Entries{*common, *description};
}

std::optional<model::UnwindRow> EhFrame::Find(model::ModuleOffset offset) const {
  const FrameRange* range = FindRange(offset);
  if (range == nullptr) return std::nullopt;
  const std::optional<Entries> entries = ReadEntries(*range);
  if (!entries) return std::nullopt;
  const std::uint64_t address = offset.value + input_.load_base;
  FrameMachine machine(input_.section, entries->common, entries->description);
  while (machine.NextRow()) {
    if (address >= machine.row_start() && address < machine.row_end()) {
      return TranslateState(input_.section, entries->common, machine.state(), *table_);
    }
  }
  return std::nullopt;
}

std::vector<FrameRow> EhFrame::Rows(const FrameRange& range) const {
  std::vector<FrameRow> rows;
  const std::optional<Entries> entries = ReadEntries(range);
  if (!entries) return rows;
  FrameMachine machine(input_.section, entries->common, entries->description);
  while (machine.NextRow()) {
    rows.push_back({{machine.row_start() - input_.load_base},
                    machine.row_end() - machine.row_start(),
                    TranslateState(input_.section, entries->common, machine.state(), *table_)});
  }
  return rows;
}

}  // namespace cairn::dwarf
