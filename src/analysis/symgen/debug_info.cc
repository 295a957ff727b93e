#include "analysis/symgen/debug_info.h"

#include <algorithm>
#include <utility>

namespace cairn::symgen {
namespace {

std::uint64_t StartOf(const LineRecord& line) { return line.range.start.value; }

std::string_view WithoutUnderscores(std::string_view name) {
  return name.substr(std::min(name.find_first_not_of('_'), name.size()));
}

void AddName(const DebugInfo& info, std::uint32_t name, FunctionRecord& function) {
  if (function.name == name) return;
  const std::string& first = info.names.texts()[function.name];
  const std::string& second = info.names.texts()[name];
  if (WithoutUnderscores(first) != WithoutUnderscores(second)) {
    function.folded = true;
  } else if (second.size() < first.size()) {
    function.name = name;
  }
}

}  // namespace

void SortFunctions(DebugInfo& info) {
  std::ranges::stable_sort(info.functions, {},
                           [](const FunctionRecord& function) { return function.range.start; });
  std::vector<FunctionRecord> functions;
  functions.reserve(info.functions.size());
  for (FunctionRecord& function : info.functions) {
    if (!functions.empty() && functions.back().range.start == function.range.start) {
      AddName(info, function.name, functions.back());
    } else {
      functions.push_back(std::move(function));
    }
  }
  info.functions = std::move(functions);
}

void JoinRanges(std::vector<AddressRange>& ranges) {
  if (ranges.size() < 2) return;
  std::ranges::sort(ranges, {}, &AddressRange::start);
  std::vector<AddressRange> joined;
  for (const AddressRange& range : ranges) {
    if (joined.empty() || range.start.value > joined.back().end()) {
      joined.push_back(range);
    } else {
      joined.back().size = std::max(joined.back().end(), range.end()) - joined.back().start.value;
    }
  }
  ranges = std::move(joined);
}

void SeparateLines(std::vector<LineRecord>& lines) {
  if (!std::ranges::is_sorted(lines, {}, StartOf)) std::ranges::stable_sort(lines, {}, StartOf);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    LineRecord line = lines[i];
    if (kept != 0) {
      LineRecord& last = lines[kept - 1];
      if (line.range.end() <= last.range.end()) continue;
      if (StartOf(line) < last.range.end()) {
        line.range = {{last.range.end()}, line.range.end() - last.range.end()};
      }
      if (StartOf(line) == last.range.end() && line.line == last.line && line.file == last.file) {
        last.range.size += line.range.size;
        continue;
      }
    }
    lines[kept++] = line;
  }
  lines.resize(kept);
}

std::vector<LineRecord> SliceLines(const std::vector<LineRecord>& lines, const AddressRange& range) {
  auto line = std::ranges::upper_bound(lines, range.start.value, {}, StartOf);
  if (line != lines.begin() && line[-1].range.Contains(range.start)) --line;
  const auto end = std::ranges::lower_bound(line, lines.end(), range.end(), {}, StartOf);
  std::vector<LineRecord> slice(line, end);
  if (slice.empty()) return slice;
  LineRecord& first = slice.front();
  const std::uint64_t start = std::max(StartOf(first), range.start.value);
  first.range = {{start}, first.range.end() - start};
  LineRecord& last = slice.back();
  last.range.size = std::min(last.range.end(), range.end()) - StartOf(last);
  return slice;
}

}  // namespace cairn::symgen
