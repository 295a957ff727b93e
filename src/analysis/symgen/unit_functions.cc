#include "analysis/symgen/unit_functions.h"

#include <algorithm>
#include <utility>

#include "formats/dwarf/debug_numbers.h"
#include "model/limits.h"

namespace cairn::symgen {

using dwarf::AttributeValue;
using dwarf::DebugUnit;
using dwarf::EntryReference;

namespace {

std::vector<AddressRange> Intersect(const std::vector<AddressRange>& ranges, const AddressRange& with) {
  std::vector<AddressRange> common;
  for (const AddressRange& range : ranges) {
    const std::uint64_t start = std::max(range.start.value, with.start.value);
    const std::uint64_t end = std::min(range.end(), with.end());
    if (start < end) common.push_back({{start}, end - start});
  }
  return common;
}

}  // namespace

struct BatchReader::CodeEntry {
  std::optional<AttributeValue> low_pc;
  std::optional<AttributeValue> high_pc;
  std::optional<AttributeValue> ranges;
  std::optional<AttributeValue> made_from;
  bool has_linkage_name = false;
  std::uint64_t call_file = 0;
  std::uint64_t call_line = 0;
};

void BatchReader::ReadUnit(const DebugUnit& unit, const DebugUnit& with_lines) {
  if (unit.header().describes_types()) return;
  drafts_.clear();
  scopes_.clear();
  const auto take = [&](const Level& level, std::uint64_t offset, const dwarf::Abbreviation& entry,
                        base::ByteReader& reader) { return TakeEntry(unit, level, offset, entry, reader); };
  const auto leave = [this](const Level& level, std::uint64_t end) {
    if (level.scope != EntryScope::kNone) scopes_[level.scope].end = end;
  };
  if (!WalkEntries(unit, Level(), take, leave)) ++batch_.complaints;
  if (drafts_.empty()) return;
  store_.KeepScopes({unit.header().offset, false}, scopes_);
  UnitLines lines(with_lines, code_, batch_.files, work_.line_bytes_left);
  if (lines.broken()) ++batch_.complaints;
  for (FunctionDraft& draft : drafts_) FinishFunction(draft, lines);
}

BatchReader::Level BatchReader::TakeEntry(const DebugUnit& unit, const Level& level, std::uint64_t offset,
                                          const dwarf::Abbreviation& entry, base::ByteReader& reader) {
  Level below = level;
  if (entry.has_children && IsScope(entry.tag)) {
    below.scope = static_cast<std::uint32_t>(scopes_.size());
    scopes_.push_back({offset, unit.header().end, level.scope, entry.tag});
  }
  const bool is_function = entry.tag == dwarf::tag::kSubprogram;
  const bool is_call = entry.tag == dwarf::tag::kInlinedSubroutine && level.function != Level::kNone;
  if (!is_function && !is_call) {
    unit.SkipAttributes(reader, entry);
    return below;
  }
  const CodeEntry code = ReadCodeEntry(unit, entry, reader);
  if (is_function) below = {Level::kNone, 0, below.scope};
  std::vector<AddressRange> ranges = RangesOf(unit, code);
  // A declaration, dropped by the linker, or a call of which no code is left: those within it count as the
  // caller's.
  if (ranges.empty()) return below;
  const EntryReference own = {offset, false};
  // All copies of a function refer to one entry, so most names are found by its place.
  EntryReference name = own;
  if (code.made_from && !code.has_linkage_name) {
    name = UnitStore::Follow(unit, own, *code.made_from).value_or(own);
  }
  if (is_function) {
    below.function = static_cast<std::uint32_t>(drafts_.size());
    drafts_.push_back({std::move(ranges), name, {}});
    return below;
  }
  if (level.depth == model::kMaxInlineDepth) return below;
  CallDraft call;
  call.record.depth = level.depth;
  call.record.call_line = static_cast<std::uint32_t>(code.call_line);
  call.ranges = std::move(ranges);
  call.call_file = code.call_file;
  call.origin = name;
  drafts_[level.function].calls.push_back(std::move(call));
  ++below.depth;
  return below;
}

BatchReader::CodeEntry BatchReader::ReadCodeEntry(const DebugUnit& unit, const dwarf::Abbreviation& entry,
                                                  base::ByteReader& reader) {
  CodeEntry code;
  for (const dwarf::AttributeSpecification& specification : unit.abbreviations().AttributesOf(entry)) {
    const AttributeValue value = dwarf::ReadAttributeValue(reader, specification, unit.header().format);
    switch (specification.name) {
      case dwarf::attribute::kLowPc: code.low_pc = value; break;
      case dwarf::attribute::kHighPc: code.high_pc = value; break;
      case dwarf::attribute::kRanges: code.ranges = value; break;
      case dwarf::attribute::kAbstractOrigin: code.made_from = value; break;
      case dwarf::attribute::kSpecification:
        if (!code.made_from) code.made_from = value;
        break;
      case dwarf::attribute::kLinkageName:
      case dwarf::attribute::kMipsLinkageName: code.has_linkage_name = true; break;
      case dwarf::attribute::kCallFile: code.call_file = value.number; break;
      case dwarf::attribute::kCallLine: code.call_line = value.number; break;
      default: break;
    }
  }
  return code;
}

std::vector<AddressRange> BatchReader::RangesOf(const DebugUnit& unit, const CodeEntry& entry) {
  std::vector<dwarf::LinkRange> found;
  if (entry.ranges) {
    if (work_.ranges_left == 0 || !unit.AppendRanges(*entry.ranges, found)) ++batch_.complaints;
    work_.ranges_left -= std::min<std::uint64_t>(work_.ranges_left, found.size());
  } else if (entry.low_pc && entry.high_pc) {
    if (const auto range = unit.Range(*entry.low_pc, *entry.high_pc)) found.push_back(*range);
  }
  std::vector<AddressRange> ranges;
  for (const dwarf::LinkRange& range : found) {
    if (const auto code = code_.Find(range.begin, range.end)) ranges.push_back(*code);
  }
  JoinRanges(ranges);
  return ranges;
}

void BatchReader::FinishFunction(FunctionDraft& draft, UnitLines& lines) {
  const std::uint32_t name = NumberOf(draft.name);
  for (CallDraft& call : draft.calls) {
    call.record.call_file = lines.FileOf(call.call_file);
    call.record.origin = NumberOf(call.origin);
  }
  for (const AddressRange& range : draft.ranges) {
    FunctionRecord function;
    function.range = range;
    function.name = name;
    function.has_linkage_name = batch_.names[name].is_linkage_name;
    function.lines = SliceLines(lines.lines(), range);
    for (const CallDraft& call : draft.calls) {
      const std::vector<AddressRange> piece = Intersect(call.ranges, range);
      if (!piece.empty()) function.AddInline(call.record, piece);
    }
    function.inlines.shrink_to_fit();
    function.inline_ranges.shrink_to_fit();
    batch_.functions.push_back(std::move(function));
  }
}

std::uint32_t BatchReader::NumberOf(const EntryReference& place) {
  const std::uint64_t key = place.offset << 1 | (place.alternate ? 1 : 0);
  const auto [found, added] = numbers_.try_emplace(key, static_cast<std::uint32_t>(batch_.names.size()));
  if (added) batch_.names.push_back(names_.NameOf(place));
  return found->second;
}

}  // namespace cairn::symgen
