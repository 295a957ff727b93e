// What debug information of any kind (DWARF, PDB) says of a module's functions: the one form that the readers
// make and the printer prints.
#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/address.h"

namespace cairn::symgen {

// Half-open; not empty in the records below.
struct AddressRange {
  model::ModuleOffset start;
  std::uint64_t size = 0;

  std::uint64_t end() const { return start.value + size; }
  bool Contains(model::ModuleOffset offset) const {
    return offset >= start && offset.value - start.value < size;
  }
  friend bool operator==(const AddressRange&, const AddressRange&) = default;
};

struct LineRecord {
  AddressRange range;
  std::uint32_t line = 0;  // 0: the compiler says that no line of the source stands for this code.
  std::uint32_t file = 0;  // Index into DebugInfo::files.
  friend bool operator==(const LineRecord&, const LineRecord&) = default;
};

// A call that was inlined into a function.
struct InlineRecord {
  std::uint32_t depth =
      0;  // 0: called by the function itself; 1: by a call of depth 0 that holds it; and so on.
  std::uint32_t call_line = 0;
  std::uint32_t call_file = 0;
  std::uint32_t origin = 0;  // Index into DebugInfo::names: the function that was inlined.
  // Its code, among FunctionRecord::inline_ranges.
  std::uint32_t first_range = 0;
  std::uint32_t range_count = 0;
};

// One piece of a function: a function that was split in hot and cold pieces has one record for each.
struct FunctionRecord {
  AddressRange range;
  std::uint32_t name = 0;             // Index into DebugInfo::names.
  std::uint32_t parameter_bytes = 0;  // On the stack; x86 of Windows only.
  bool has_linkage_name = false;      // Else the name lacks arguments, and may lack its namespace.
  bool folded = false;                // Functions of other names were folded into the same code.
  std::vector<LineRecord> lines;      // Sorted; they do not overlap.
  std::vector<InlineRecord> inlines;  // Outer before inner.
  std::vector<AddressRange> inline_ranges;

  std::span<const AddressRange> RangesOf(const InlineRecord& call) const {
    return std::span(inline_ranges).subspan(call.first_range, call.range_count);
  }
  // Adds the call with these ranges, of which there is at least one.
  void AddInline(InlineRecord call, std::span<const AddressRange> ranges) {
    call.first_range = static_cast<std::uint32_t>(inline_ranges.size());
    call.range_count = static_cast<std::uint32_t>(ranges.size());
    inline_ranges.insert(inline_ranges.end(), ranges.begin(), ranges.end());
    inlines.push_back(call);
  }
};

// Gives each text the number of its first use.
class TextTable {
 public:
  TextTable() = default;
  TextTable(TextTable&&) = default;  // No copies: numbers_ points into texts_.
  TextTable& operator=(TextTable&&) = default;

  std::uint32_t Add(std::string_view text) {
    if (const auto found = numbers_.find(text); found != numbers_.end()) return found->second;
    const auto number = static_cast<std::uint32_t>(texts_.size());
    numbers_.emplace(texts_.emplace_back(text), number);
    return number;
  }
  const std::deque<std::string>& texts() const { return texts_; }

 private:
  std::deque<std::string> texts_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

struct DebugInfo {
  TextTable files;  // Paths, joined with the folder of compilation where they are relative.
  TextTable names;  // Of functions, demangled.
  std::vector<FunctionRecord> functions;  // Sorted by address; each start stands once.
  std::size_t complaints = 0;             // What the reader could not make sense of, and left out.
  std::size_t missing_units = 0;          // Units whose functions stand in a .dwo file that was not given.
};

// Sorts the functions and makes one of those that start at one place. The first wins; it is marked as folded
// if another has a different name, but for assembler's several names of one function ("kill", "__kill"), of
// which the plainest is taken.
void SortFunctions(DebugInfo& info);

// Sorts, and joins what touches.
void JoinRanges(std::vector<AddressRange>& ranges);

// Sorts lines, and cuts those that overlap at where the one before them ends.
void SeparateLines(std::vector<LineRecord>& lines);

// The pieces of sorted, separate `lines` that lie in `range`, cut at its ends.
std::vector<LineRecord> SliceLines(const std::vector<LineRecord>& lines, const AddressRange& range);

}  // namespace cairn::symgen
