#include "formats/symfile/stack_win_builder.h"

#include <algorithm>

#include "formats/symfile/packed_table.h"

namespace cairn::symfile {

std::string_view StackWinBuilder::Add(const StackWinRecord& record) {
  constexpr std::uint64_t kAddressSpace = std::uint64_t{1} << 32;  // Of the only CPU that has such records.
  if (record.address >= kAddressSpace || record.size > kAddressSpace - record.address) {
    return "STACK WIN: the range leaves the address space";
  }
  const bool has_program = record.kind == model::StackWinRow::Kind::kFrameData;
  const Shape shape = {record.parameter_bytes, record.saved_register_bytes, record.local_bytes,
                       record.allocates_base_pointer ? 1u : 0u,
                       has_program ? strings_.Add(record.program) : kNone};
  const auto [entry, is_new] = shapes_.try_emplace(shape, static_cast<std::uint32_t>(shapes_.size()));
  if (is_new) shape_words_.insert(shape_words_.end(), shape.begin(), shape.end());
  const Range range{static_cast<std::uint32_t>(record.address), record.size, entry->second};
  (has_program ? frame_data_ : fpo_).push_back(range);
  ++report_.stack_win_records;
  return {};
}

void StackWinBuilder::Finish(CacheTables& tables) {
  tables[Section::kStackWinFrameData] = TableOf(frame_data_);
  tables[Section::kStackWinFpo] = TableOf(fpo_);
  tables[Section::kStackWinShapes] = std::move(shape_words_);
}

std::vector<std::byte> StackWinBuilder::TableOf(std::vector<Range>& ranges) {
  std::ranges::stable_sort(ranges, {}, &Range::start);
  const auto repeated = std::ranges::unique(ranges, {}, &Range::start);
  report_.unused_stack_win_records += repeated.size();
  ranges.erase(repeated.begin(), repeated.end());
  PackedTableWriter<3> table;
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    const Range& range = ranges[i];
    const bool has_next = i + 1 < ranges.size();
    const std::uint32_t size =
        has_next ? std::min(range.size, ranges[i + 1].start - range.start) : range.size;
    table.Add({range.start, size, range.shape});
  }
  return table.Finish();
}

}  // namespace cairn::symfile
