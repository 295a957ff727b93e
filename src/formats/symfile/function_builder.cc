#include "formats/symfile/function_builder.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "base/checked_math.h"
#include "model/limits.h"

namespace cairn::symfile {
namespace {

// A PUBLIC has no size. Breakpad and rust-minidump let it reach to the next symbol however far that is, and
// accept frames that a stack scan finds there; the farthest that both name in real dumps is 3.5 MB (macOS,
// CoreAUC). The bound keeps the last PUBLIC from naming everything behind it.
constexpr std::uint64_t kMaxPublicBytes = 16 * 1024 * 1024;

// Lines and inlines are kept as 32-bit distances from their function's start.
constexpr std::uint64_t kMaxFunctionBytes = 0xfffffffe;

// A function beats a PUBLIC, and a small function the larger one around it.
constexpr std::uint64_t kPublicRank = std::numeric_limits<std::uint64_t>::max();

std::uint32_t Low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
std::uint32_t High(std::uint64_t value) { return static_cast<std::uint32_t>(value >> 32); }

}  // namespace

std::string_view FunctionBuilder::AddFunction(const FunctionRecord& record) {
  FinishFunction();
  if (!base::CheckedAdd(record.address, record.size)) {
    SkipFunction();
    return "FUNC: the function leaves the address space";
  }
  state_ = State::kInFunction;
  function_ = symbols_.size();
  std::uint32_t flags = record.shared ? kSymbolIsShared : 0;
  if (record.size == 0) flags |= kSymbolIsPublic;
  symbols_.push_back(Symbol{.start = record.address,
                            .size = record.size,
                            .name = strings_.Add(record.name),
                            .flags = flags,
                            .parameter_bytes = record.parameter_bytes});
  ++report_.functions;
  return {};
}

void FunctionBuilder::SkipFunction() {
  FinishFunction();
  state_ = State::kSkipping;
}

std::string_view FunctionBuilder::AddPublic(const PublicRecord& record) {
  const std::uint32_t flags = kSymbolIsPublic | (record.shared ? kSymbolIsShared : 0);
  symbols_.push_back(Symbol{.start = record.address,
                            .name = strings_.Add(record.name),
                            .flags = flags,
                            .parameter_bytes = record.parameter_bytes});
  ++report_.publics;
  return {};
}

// What of `range` lies in the open function, as distances from its start; false if nothing does.
bool FunctionBuilder::ClipToFunction(AddressRange range, std::uint64_t& start, std::uint64_t& end) {
  if (state_ == State::kInFunction) {
    const Symbol& function = symbols_[function_];
    const std::uint64_t function_end = function.start + std::min(function.size, kMaxFunctionBytes);
    const std::uint64_t range_end =
        base::CheckedAdd(range.address, range.size).value_or(std::numeric_limits<std::uint64_t>::max());
    start = std::max(range.address, function.start) - function.start;
    end = std::max(std::min(range_end, function_end), function.start) - function.start;
    if (start < end) return true;
  }
  ++report_.outside_function;
  return false;
}

std::string_view FunctionBuilder::AddLine(const LineRecord& record) {
  if (state_ == State::kNoFunction) return "a line of a function before any FUNC";
  std::uint64_t start = 0;
  std::uint64_t end = 0;
  if (!ClipToFunction({record.address, record.size}, start, end)) return {};
  lines_.push_back({Low(start), Low(end), files_.SlotOf(record.file), record.line, record.size});
  ++report_.line_rows;
  return {};
}

std::string_view FunctionBuilder::AddInline(const InlineRecord& record) {
  if (state_ == State::kNoFunction) return "INLINE: before any FUNC";
  if (record.depth >= model::kMaxInlineDepth) return "INLINE: deeper than functions are inlined";
  FunctionInline entry{.depth = static_cast<std::uint32_t>(record.depth),
                       .call_line = record.call_line,
                       .call_file = record.call_file ? files_.SlotOf(*record.call_file) : kNone,
                       .origin = origins_.SlotOf(record.origin)};
  std::string_view ranges = record.ranges;
  while (const std::optional<AddressRange> range = TakeRange(ranges)) {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    if (!ClipToFunction(*range, start, end)) continue;
    entry.start = Low(start);
    entry.end = Low(end);
    inlines_.push_back(entry);
    ++report_.inline_ranges;
  }
  return {};
}

void FunctionBuilder::FinishFunction() {
  if (state_ == State::kInFunction && (!lines_.empty() || !inlines_.empty())) {
    Symbol& function = symbols_[function_];
    function.first_row = static_cast<std::uint32_t>(rows_.size());
    function_rows_.Append(lines_, inlines_, rows_);
    function.row_count = static_cast<std::uint32_t>(rows_.size()) - function.first_row;
    lines_.clear();
    inlines_.clear();
  }
  state_ = State::kNoFunction;
}

// A PUBLIC reaches to the next symbol, and no further than kMaxPublicBytes. At one address the first of the
// file counts.
void FunctionBuilder::AppendPublicRanges(std::vector<RankedRange>& ranges) const {
  struct Start {
    std::uint64_t address = 0;
    bool is_public = false;
    std::uint32_t id = 0;
  };
  std::vector<Start> starts;
  starts.reserve(symbols_.size());
  for (std::uint32_t id = 0; id < symbols_.size(); ++id) {
    starts.push_back({symbols_[id].start, (symbols_[id].flags & kSymbolIsPublic) != 0, id});
  }
  std::ranges::sort(starts, [](const Start& a, const Start& b) {
    if (a.address != b.address) return a.address < b.address;
    if (a.is_public != b.is_public) return b.is_public;
    return a.id < b.id;
  });
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const Start& start = starts[i];
    if (!start.is_public || (i > 0 && starts[i - 1].address == start.address)) continue;
    std::uint64_t end = base::CheckedAdd(start.address, kMaxPublicBytes).value_or(kPublicRank);
    std::size_t next = i + 1;
    while (next < starts.size() && starts[next].address == start.address) ++next;
    if (next < starts.size()) end = std::min(end, starts[next].address);
    ranges.push_back({start.address, end, kPublicRank, start.id});
  }
}

void FunctionBuilder::Finish(CacheTables& tables) {
  FinishFunction();
  std::vector<RankedRange> ranges;
  ranges.reserve(symbols_.size());
  for (std::uint32_t id = 0; id < symbols_.size(); ++id) {
    const Symbol& symbol = symbols_[id];
    if ((symbol.flags & kSymbolIsPublic) != 0) continue;
    ranges.push_back({symbol.start, symbol.start + symbol.size, symbol.size, id});
  }
  AppendPublicRanges(ranges);
  std::vector<Span> spans;
  AppendPartition(ranges, spans);

  FinishSpans(spans, tables);
  tables[Section::kInlineNodes] = nodes_.Finish();
  tables[Section::kFiles] = std::move(files_).Finish();
  tables[Section::kOrigins] = std::move(origins_).Finish();
}

// Writes the spans with their rows and symbols. Symbols are numbered in the order of their first spans; one
// that is nowhere in force has no number.
void FunctionBuilder::FinishSpans(const std::vector<Span>& spans, CacheTables& tables) const {
  AddressRowWriter rows;
  PackedTableWriter<1> span_table;
  PackedTableWriter<5> symbol_table;
  std::vector<std::uint32_t> numbers(symbols_.size(), kNone);
  for (std::uint32_t i = 0; i < spans.size(); ++i) {
    const Span& span = spans[i];
    if (span.id == kNoRange) {
      rows.Add(span.start, {.span = i});
      span_table.Add({0});
      continue;
    }
    const Symbol& symbol = symbols_[span.id];
    std::uint32_t& number = numbers[span.id];
    if (number == kNone) {
      number = symbol_table.rows();
      symbol_table.Add(
          {Low(symbol.start), High(symbol.start), symbol.name, symbol.parameter_bytes, symbol.flags});
    }
    span_table.Add({number + 1});
    AppendSpanRows(symbol, span.start, spans[i + 1].start, i, rows);  // The last span is a gap.
  }
  rows.Finish(tables);
  tables[Section::kSpans] = span_table.Finish();
  tables[Section::kSymbols] = symbol_table.Finish();
}

// The rows of `symbol` between two addresses; the first begins at `start` whatever is in force there.
void FunctionBuilder::AppendSpanRows(const Symbol& symbol, std::uint64_t start, std::uint64_t end,
                                     std::uint32_t span, AddressRowWriter& writer) const {
  const auto first = rows_.begin() + symbol.first_row;
  const auto last = first + symbol.row_count;
  const std::uint64_t skipped = start - symbol.start;
  auto row = std::upper_bound(first, last, skipped, [](std::uint64_t offset, const FunctionRow& candidate) {
    return offset < candidate.start;
  });
  const FunctionRow in_force = row == first ? FunctionRow{} : *(row - 1);
  writer.Add(start, {span, in_force.file, in_force.line, in_force.node});
  for (; row != last && symbol.start + row->start < end; ++row) {
    writer.Add(symbol.start + row->start, {span, row->file, row->line, row->node});
  }
}

}  // namespace cairn::symfile
