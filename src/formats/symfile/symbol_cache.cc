#include "formats/symfile/symbol_cache.h"

#include <algorithm>

#include "formats/symfile/symbol_header.h"

namespace cairn::symfile {
namespace {

using base::Bytes;
using base::Code;
using base::Error;

constexpr std::size_t kTableEnd = kHeaderBytes + kSectionCount * kSectionEntryBytes;

// The number of rows in a column, ascending by the number that each begins with, where that is not above
// `value`.
template <std::unsigned_integral T>
std::size_t CountUpTo(Bytes column, T value, std::size_t row_bytes = sizeof(T)) {
  std::size_t first = 0;
  std::size_t count = column.size() / row_bytes;
  while (count > 0) {
    const std::size_t half = count / 2;
    const bool not_above = ReadAt<T>(column, (first + half) * row_bytes) <= value;
    first = not_above ? first + half + 1 : first;
    count = not_above ? count - half - 1 : half;
  }
  return first;
}

// The elements [first, first + count) of a column of numbers of `size` bytes; fewer if the column ends
// before.
Bytes Rows(Bytes column, std::uint32_t first, std::uint32_t count, std::size_t size) {
  const std::size_t total = column.size() / size;
  const std::size_t begin = std::min<std::size_t>(first, total);
  return column.subspan(begin * size, std::min<std::size_t>(count, total - begin) * size);
}

struct InlineEntry {
  std::uint32_t start = 0;
  std::uint32_t size = 0;
  std::uint32_t depth = 0;
  std::uint32_t call_line = 0;
  std::uint32_t call_file = 0;
  std::uint32_t origin = 0;
};

InlineEntry InlineAt(Bytes inlines, std::size_t index) {
  base::ByteReader reader(inlines.subspan(index * kInlineBytes, kInlineBytes));
  InlineEntry entry;
  entry.start = reader.Read<std::uint32_t>();
  entry.size = reader.Read<std::uint32_t>();
  entry.depth = reader.Read<std::uint32_t>();
  entry.call_line = reader.Read<std::uint32_t>();
  entry.call_file = reader.Read<std::uint32_t>();
  entry.origin = reader.Read<std::uint32_t>();
  return entry;
}

// The range of `depth` that covers `offset`, looking from entry `first` on.
std::optional<InlineEntry> FindInline(Bytes inlines, std::uint32_t depth, std::uint32_t offset,
                                      std::size_t& first) {
  std::size_t count = inlines.size() / kInlineBytes - first;
  while (count > 0) {
    const std::size_t half = count / 2;
    const InlineEntry entry = InlineAt(inlines, first + half);
    const bool not_above = entry.depth != depth ? entry.depth < depth : entry.start <= offset;
    first = not_above ? first + half + 1 : first;
    count = not_above ? count - half - 1 : half;
  }
  if (first == 0) return std::nullopt;
  const InlineEntry entry = InlineAt(inlines, first - 1);
  if (entry.depth != depth || offset < entry.start || offset - entry.start >= entry.size) return std::nullopt;
  return entry;
}

// Symbol files cannot mark the trampoline of a signal. Its rules show it: they say of every register where it
// was saved, even of those that a call is free to lose.
bool RestoresEveryRegister(const model::UnwindRow& row, const model::RegisterTable& table) {
  if (row.registers.size() + 2 < table.names.size()) return false;  // All but pc and sp.
  for (std::size_t i = 0; i < table.names.size(); ++i) {
    const bool is_restored = std::ranges::any_of(row.registers, [i](const model::RegisterRule& rule) {
      return rule.index == i && !rule.rule.empty();
    });
    if (!is_restored && i != table.pc && i != table.sp) return false;
  }
  return true;
}

bool IsKnownOp(std::uint8_t op) { return op <= static_cast<std::uint8_t>(model::RuleOp::kDereference); }

}  // namespace

base::Result<SymbolCache> SymbolCache::Open(Bytes bytes) {
  if (bytes.size() < kTableEnd) return Error{Code::kTruncated, bytes.size(), "symbol cache: header"};
  if (ReadAt<std::uint64_t>(bytes, kMagicOffset) != kCacheMagic) {
    return Error{Code::kBadMagic, kMagicOffset, "symbol cache: magic"};
  }
  if (ReadAt<std::uint32_t>(bytes, kVersionOffset) != kSymbolCacheVersion ||
      ReadAt<std::uint32_t>(bytes, kSectionCountOffset) != kSectionCount) {
    return Error{Code::kUnsupported, kVersionOffset, "symbol cache: version"};
  }
  if (ReadAt<std::uint64_t>(bytes, kFileSizeOffset) != bytes.size()) {
    return Error{Code::kTruncated, kFileSizeOffset, "symbol cache: file size"};
  }
  if (ReadAt<std::uint64_t>(bytes, kTableChecksumOffset) !=
      Checksum(bytes.subspan(kHeaderBytes, kTableEnd - kHeaderBytes))) {
    return Error{Code::kBadValue, kTableChecksumOffset, "symbol cache: checksum of the section table"};
  }
  SymbolCache cache;
  cache.cache_ = bytes;
  for (std::size_t i = 0; i < kSectionCount; ++i) {
    const std::size_t entry = kHeaderBytes + i * kSectionEntryBytes;
    const auto section =
        base::Slice(bytes, ReadAt<std::uint64_t>(bytes, entry), ReadAt<std::uint64_t>(bytes, entry + 8));
    if (!section) return Error{Code::kTruncated, entry, "symbol cache: section"};
    cache.sections_[i] = *section;
  }
  cache.cpu_ = CpuOfArch(cache.arch());
  return cache;
}

bool SymbolCache::ChecksumMatches() const {
  return ReadAt<std::uint64_t>(cache_, kBodyChecksumOffset) == Checksum(cache_.subspan(kTableEnd));
}

std::string_view SymbolCache::StringAt(std::uint32_t id) const {
  const std::uint64_t position = std::uint64_t{id} * sizeof(std::uint32_t);
  const Bytes offsets = SectionBytes(Section::kStringOffsets);
  const auto begin = ReadAt<std::uint32_t>(offsets, position);
  const auto end = ReadAt<std::uint32_t>(offsets, position + sizeof(std::uint32_t));
  if (end < begin || end - begin > kMaxNameBytes) return {};
  const auto bytes = base::Slice(SectionBytes(Section::kStringBytes), begin, end - begin);
  return bytes ? base::AsText(*bytes) : std::string_view{};
}

std::string_view SymbolCache::HeadText(HeadField field) const {
  const std::size_t position = static_cast<std::size_t>(field) * sizeof(std::uint32_t);
  return StringAt(ReadAt<std::uint32_t>(SectionBytes(Section::kHead), position));
}

std::string_view SymbolCache::SlotText(Section section, std::uint32_t slot) const {
  const Bytes slots = SectionBytes(section);
  if (slot >= slots.size() / sizeof(std::uint32_t)) return {};
  const auto id = ReadAt<std::uint32_t>(slots, std::uint64_t{slot} * sizeof(std::uint32_t));
  return id == kNone ? std::string_view{} : StringAt(id);
}

std::optional<SymbolCache::Symbol> SymbolCache::FindSymbol(std::uint64_t address) const {
  const std::size_t count = CountUpTo(SectionBytes(Section::kSpanStarts), address);
  if (count == 0) return std::nullopt;
  const Bytes span_symbols = SectionBytes(Section::kSpanSymbols);
  if (count > span_symbols.size() / sizeof(std::uint32_t)) return std::nullopt;
  const auto index = ReadAt<std::uint32_t>(span_symbols, (count - 1) * sizeof(std::uint32_t));
  const auto record =
      base::Slice(SectionBytes(Section::kSymbols), std::uint64_t{index} * kSymbolBytes, kSymbolBytes);
  if (!record) return std::nullopt;  // kNone, a gap, is behind every table's end.
  base::ByteReader reader(*record);
  Symbol symbol;
  symbol.start = reader.Read<std::uint64_t>();
  symbol.name = reader.Read<std::uint32_t>();
  symbol.first_line = reader.Read<std::uint32_t>();
  symbol.line_count = reader.Read<std::uint32_t>();
  symbol.first_inline = reader.Read<std::uint32_t>();
  symbol.inline_count = reader.Read<std::uint32_t>();
  (void)reader.Read<std::uint32_t>();  // Flags.
  symbol.parameter_bytes = reader.Read<std::uint32_t>();
  if (symbol.start > address) return std::nullopt;
  return symbol;
}

SymbolCache::LineValue SymbolCache::FindLine(const Symbol& symbol, std::uint32_t offset) const {
  const Bytes offsets =
      Rows(SectionBytes(Section::kLineOffsets), symbol.first_line, symbol.line_count, sizeof(std::uint32_t));
  const std::size_t count = CountUpTo(offsets, offset);
  if (count == 0) return {};
  const std::uint64_t position = (std::uint64_t{symbol.first_line} + count - 1) * 2 * sizeof(std::uint32_t);
  const auto value = base::Slice(SectionBytes(Section::kLineValues), position, 2 * sizeof(std::uint32_t));
  if (!value) return {};
  return {ReadAt<std::uint32_t>(*value, 0), ReadAt<std::uint32_t>(*value, sizeof(std::uint32_t))};
}

std::optional<model::SymbolizedAddress> SymbolCache::Symbolize(model::ModuleOffset address) const {
  const std::optional<Symbol> symbol = FindSymbol(address.value);
  if (!symbol) return std::nullopt;
  model::SymbolizedAddress result;
  result.location.function = StringAt(symbol->name);
  result.function_start = {symbol->start};
  result.parameter_bytes = symbol->parameter_bytes;
  const std::uint64_t distance = address.value - symbol->start;
  if (distance >= kNone) return result;  // Lines and inlines of a function end before.
  const auto offset = static_cast<std::uint32_t>(distance);

  // From the outside in: each call happens at a place in the function around it; the line row is the
  // innermost's.
  const Bytes inlines =
      Rows(SectionBytes(Section::kInlines), symbol->first_inline, symbol->inline_count, kInlineBytes);
  std::size_t first = 0;
  const auto innermost = [&]() -> model::SourceLocation& {
    return result.inlines.empty() ? result.location : result.inlines.back();
  };
  for (std::uint32_t depth = 0; depth < kMaxInlineDepth; ++depth) {
    const std::optional<InlineEntry> entry = FindInline(inlines, depth, offset, first);
    if (!entry) break;
    innermost().file = FileText(entry->call_file);
    innermost().line = entry->call_line;
    result.inlines.emplace_back().function = OriginText(entry->origin);
  }
  const LineValue place = FindLine(*symbol, offset);
  // A line number says nothing without its file; Breakpad and rust-minidump print neither.
  innermost().file = FileText(place.file);
  innermost().line = innermost().file.empty() ? 0 : place.line;
  std::ranges::reverse(result.inlines);
  return result;
}

std::optional<SymbolCache::CfiRange> SymbolCache::FindCfiRange(std::uint64_t address) const {
  const Bytes starts = SectionBytes(Section::kCfiStarts);
  const std::size_t count = CountUpTo(starts, address);
  if (count == 0) return std::nullopt;
  const auto record = base::Slice(SectionBytes(Section::kCfiRanges),
                                  std::uint64_t{count - 1} * kCfiRangeBytes, kCfiRangeBytes);
  if (!record) return std::nullopt;
  base::ByteReader reader(*record);
  const auto size = reader.Read<std::uint32_t>();
  const auto skipped = reader.Read<std::uint32_t>();
  CfiRange range;
  range.first_row = reader.Read<std::uint32_t>();
  range.row_count = reader.Read<std::uint32_t>();
  const std::uint64_t distance = address - ReadAt<std::uint64_t>(starts, (count - 1) * sizeof(std::uint64_t));
  if (distance >= size) return std::nullopt;
  range.distance = skipped + static_cast<std::uint32_t>(distance);
  return range;
}

std::optional<model::UnwindRow> SymbolCache::FindUnwindRow(model::ModuleOffset address) const {
  const std::optional<CfiRange> range = FindCfiRange(address.value);
  if (!range) return std::nullopt;
  const Bytes rows = Rows(SectionBytes(Section::kCfiRows), range->first_row, range->row_count, kCfiRowBytes);
  const std::size_t count = CountUpTo(rows, range->distance, kCfiRowBytes);
  if (count == 0) return std::nullopt;
  return ReadRuleSet(ReadAt<std::uint32_t>(rows, (count - 1) * kCfiRowBytes + sizeof(std::uint32_t)));
}

std::optional<model::UnwindRow> SymbolCache::ReadRuleSet(std::uint32_t word) const {
  const Bytes sets = SectionBytes(Section::kRuleSets);
  if (word >= sets.size() / sizeof(std::uint32_t)) return std::nullopt;
  base::ByteReader reader(sets);
  reader.Seek(std::uint64_t{word} * sizeof(std::uint32_t));
  std::optional<model::Rule> cfa = ReadRule(reader.Read<std::uint32_t>());
  std::optional<model::Rule> return_address = ReadRule(reader.Read<std::uint32_t>());
  if (!cfa || cfa->empty() || !return_address) return std::nullopt;
  model::UnwindRow row{*std::move(cfa), *std::move(return_address), {}};
  const auto count = reader.Read<std::uint32_t>();
  if (!reader.ok() || count > kMaxRuleSetRegisters) return std::nullopt;
  row.registers.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto index = reader.Read<std::uint32_t>();
    std::optional<model::Rule> rule = ReadRule(reader.Read<std::uint32_t>());
    if (!reader.ok() || index >= model::kMaxRegisters) return std::nullopt;
    row.registers.push_back(
        {static_cast<model::RegisterIndex>(index), std::move(rule).value_or(model::Rule{})});
  }
  const model::RegisterTable* const table = model::FindRegisterTable(cpu_);
  row.is_signal_frame = table != nullptr && RestoresEveryRegister(row, *table);
  return row;
}

std::optional<model::Rule> SymbolCache::ReadRule(std::uint32_t id) const {
  const Bytes offsets = SectionBytes(Section::kRuleOffsets);
  if (id >= offsets.size() / sizeof(std::uint32_t)) return std::nullopt;
  const std::uint64_t position = std::uint64_t{id} * sizeof(std::uint32_t);
  const auto begin = ReadAt<std::uint32_t>(offsets, position);
  const auto end = ReadAt<std::uint32_t>(offsets, position + sizeof(std::uint32_t));
  if (end < begin) return std::nullopt;
  const auto program = base::Slice(SectionBytes(Section::kRuleBytes), begin, end - begin);
  if (!program) return std::nullopt;
  model::Rule rule;
  base::ByteReader reader(*program);
  while (reader.remaining() > 0) {
    const auto op = reader.Read<std::uint8_t>();
    if (rule.size() == model::kMaxRuleTokens || !IsKnownOp(op)) return std::nullopt;
    model::RuleToken token{static_cast<model::RuleOp>(op), 0};
    if (token.op == model::RuleOp::kConstant) token.value = reader.Read<std::int64_t>();
    if (token.op == model::RuleOp::kRegister) token.value = reader.Read<std::uint8_t>();
    if (!reader.ok()) return std::nullopt;
    rule.push_back(token);
  }
  return rule;
}

std::optional<model::StackWinRow> SymbolCache::FindStackWin(model::ModuleOffset offset) const {
  if (offset.value > 0xffffffff) return std::nullopt;  // The code is of 32-bit CPUs.
  const auto low = static_cast<std::uint32_t>(offset.value);
  std::optional<model::StackWinRow> row = FindStackWin(Section::kStackWinFrameData, low);
  return row ? std::move(row) : FindStackWin(Section::kStackWinFpo, low);
}

std::optional<model::StackWinRow> SymbolCache::FindStackWin(Section section, std::uint32_t offset) const {
  const Bytes records = SectionBytes(section);
  const std::size_t count = CountUpTo(records, offset, kStackWinBytes);
  if (count == 0) return std::nullopt;
  const std::size_t record = (count - 1) * kStackWinBytes;
  model::StackWinRow row;
  const auto start = ReadAt<std::uint32_t>(records, record);
  row.start = {start};
  row.size = ReadAt<std::uint32_t>(records, record + 4);
  if (offset < start || offset - start >= row.size) return std::nullopt;
  const std::uint64_t shape = std::uint64_t{ReadAt<std::uint32_t>(records, record + 8)} * kStackWinShapeBytes;
  const auto bytes = base::Slice(SectionBytes(Section::kStackWinShapes), shape, kStackWinShapeBytes);
  if (!bytes) return std::nullopt;
  base::ByteReader reader(*bytes);
  row.parameter_bytes = reader.Read<std::uint32_t>();
  row.saved_register_bytes = reader.Read<std::uint32_t>();
  row.local_bytes = reader.Read<std::uint32_t>();
  row.allocates_base_pointer = reader.Read<std::uint32_t>() != 0;
  const auto program = reader.Read<std::uint32_t>();
  if (section == Section::kStackWinFrameData) {
    row.kind = model::StackWinRow::Kind::kFrameData;
    row.program = StringAt(program);
    if (row.program.empty()) return std::nullopt;
  }
  return row;
}

model::CodeAt SymbolCache::FindCode(model::ModuleOffset address) const {
  if (!SectionBytes(Section::kSpanStarts).empty()) {
    return FindSymbol(address.value) ? model::CodeAt::kFunction : model::CodeAt::kNothing;
  }
  // Symbols of a stripped module hold only STACK CFI: what that covers is code.
  if (!SectionBytes(Section::kCfiStarts).empty()) {
    return FindCfiRange(address.value) ? model::CodeAt::kFunction : model::CodeAt::kNothing;
  }
  return model::CodeAt::kUnknown;
}

}  // namespace cairn::symfile
