#include "formats/symfile/function_builder.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <tuple>

#include "base/checked_math.h"

namespace cairn::symfile {
namespace {

// A PUBLIC has no size. Breakpad and rust-minidump let it reach to the next symbol however far that is, and
// accept frames that a stack scan finds there; the farthest that both name in real dumps is 3.5 MB (macOS,
// CoreAUC). The bound keeps the last PUBLIC from naming everything behind it.
constexpr std::uint64_t kMaxPublicBytes = 16 * 1024 * 1024;

// Lines and inlines are kept as 32-bit distances from their function's start.
constexpr std::uint64_t kMaxFunctionBytes = 0xffffffff;

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
  RankedRange range;
  if (!ClipToFunction({record.address, record.size}, range.start, range.end)) return {};
  range.rank = record.size;
  range.id = static_cast<std::uint32_t>(lines_.size());
  line_ranges_.push_back(range);
  lines_.push_back({files_.SlotOf(record.file), record.line});
  ++report_.line_rows;
  return {};
}

std::string_view FunctionBuilder::AddInline(const InlineRecord& record) {
  if (state_ == State::kNoFunction) return "INLINE: before any FUNC";
  if (record.depth >= kMaxInlineDepth) return "INLINE: deeper than functions are inlined";
  PendingInline entry{.depth = static_cast<std::uint32_t>(record.depth),
                      .call_line = record.call_line,
                      .call_file = record.call_file ? files_.SlotOf(*record.call_file) : kNone,
                      .origin = origins_.SlotOf(record.origin)};
  std::string_view ranges = record.ranges;
  while (const std::optional<AddressRange> range = TakeRange(ranges)) {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    if (!ClipToFunction(*range, start, end)) continue;
    entry.start = static_cast<std::uint32_t>(start);
    entry.end = static_cast<std::uint32_t>(end);
    entry.order = inlines_.size();
    inlines_.push_back(entry);
    ++report_.inline_ranges;
  }
  return {};
}

void FunctionBuilder::FinishFunction() {
  if (state_ == State::kInFunction) {
    FinishLines(symbols_[function_]);
    FinishInlines(symbols_[function_]);
  }
  state_ = State::kNoFunction;
}

void FunctionBuilder::FinishLines(Symbol& function) {
  AppendPartition(line_ranges_, line_spans_);
  function.first_line = static_cast<std::uint32_t>(line_offsets_.size());
  function.line_count = static_cast<std::uint32_t>(line_spans_.size());
  for (const Span& span : line_spans_) {
    const PendingLine line = span.id == kNoRange ? PendingLine{kNone, 0} : lines_[span.id];
    line_offsets_.push_back(static_cast<std::uint32_t>(span.start));
    line_values_.insert(line_values_.end(), {line.file, line.line});
  }
  line_ranges_.clear();
  line_spans_.clear();
  lines_.clear();
}

// Within a depth a range that begins inside another is cut to begin at its end, so that a binary search finds
// all.
void FunctionBuilder::FinishInlines(Symbol& function) {
  std::ranges::sort(inlines_, {}, [](const PendingInline& entry) {
    return std::tuple(entry.depth, entry.start, entry.order);
  });
  constexpr std::size_t kWords = kInlineBytes / sizeof(std::uint32_t);
  function.first_inline = static_cast<std::uint32_t>(inline_words_.size() / kWords);
  std::uint32_t depth = kNone;
  std::uint32_t end = 0;
  for (const PendingInline& entry : inlines_) {
    if (entry.depth != depth) end = 0;
    depth = entry.depth;
    const std::uint32_t start = std::max(entry.start, end);
    if (start >= entry.end) continue;
    end = entry.end;
    inline_words_.insert(inline_words_.end(),
                         {start, end - start, depth, entry.call_line, entry.call_file, entry.origin});
  }
  function.inline_count = static_cast<std::uint32_t>(inline_words_.size() / kWords) - function.first_inline;
  inlines_.clear();
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

  std::vector<std::uint64_t> span_starts;
  std::vector<std::uint32_t> span_symbols;
  span_starts.reserve(spans.size());
  span_symbols.reserve(spans.size());
  for (const Span& span : spans) {
    span_starts.push_back(span.start);
    span_symbols.push_back(span.id);
  }
  std::vector<std::uint32_t> words;
  words.reserve(symbols_.size() * kSymbolBytes / sizeof(std::uint32_t));
  for (const Symbol& symbol : symbols_) {
    words.insert(words.end(),
                 {Low(symbol.start), High(symbol.start), symbol.name, symbol.first_line, symbol.line_count,
                  symbol.first_inline, symbol.inline_count, symbol.flags, symbol.parameter_bytes, 0});
  }
  tables[Section::kSpanStarts] = std::move(span_starts);
  tables[Section::kSpanSymbols] = std::move(span_symbols);
  tables[Section::kSymbols] = std::move(words);
  tables[Section::kLineOffsets] = std::move(line_offsets_);
  tables[Section::kLineValues] = std::move(line_values_);
  tables[Section::kInlines] = std::move(inline_words_);
  tables[Section::kFiles] = std::move(files_).Take();
  tables[Section::kOrigins] = std::move(origins_).Take();
}

}  // namespace cairn::symfile
