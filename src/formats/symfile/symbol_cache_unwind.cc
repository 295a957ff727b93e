// Unwinding: STACK CFI and STACK WIN.
#include <algorithm>

#include "formats/symfile/symbol_cache.h"

namespace cairn::symfile {
namespace {

using base::Bytes;

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

std::optional<SymbolCache::CfiRange> SymbolCache::FindCfiRange(std::uint64_t address) const {
  const auto start_of = [](const PackedTable<6>::Row& row) { return std::uint64_t{row[1]} << 32 | row[0]; };
  const std::uint32_t count =
      cfi_ranges_.CountWhile<2>([&](const PackedTable<6>::Row& row) { return start_of(row) <= address; });
  if (count == 0) return std::nullopt;
  const PackedTable<6>::Row piece = cfi_ranges_.At(count - 1);
  const std::uint64_t distance = address - start_of(piece);
  if (start_of(piece) > address || distance >= piece[2]) return std::nullopt;
  return CfiRange{piece[3] + static_cast<std::uint32_t>(distance), piece[4], piece[5]};
}

std::optional<model::UnwindRow> SymbolCache::FindUnwindRow(model::ModuleOffset address) const {
  const std::optional<CfiRange> range = FindCfiRange(address.value);
  if (!range) return std::nullopt;
  // The rows of a range ascend by their distance from its start.
  std::uint32_t set = 0;
  std::uint32_t first = range->first_row;
  std::uint32_t count = std::min(range->row_count, cfi_rows_.rows() - std::min(first, cfi_rows_.rows()));
  while (count > 0) {
    const std::uint32_t half = count / 2;
    const auto [distance, stored] = cfi_rows_.At(first + half);
    const bool not_above = distance <= range->distance;
    if (not_above) set = stored;
    first = not_above ? first + half + 1 : first;
    count = not_above ? count - half - 1 : half;
  }
  return set == 0 ? std::nullopt : ReadRuleSet(set - 1);
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
  std::optional<model::StackWinRow> row = FindStackWin(frame_data_, low);
  if (!row) return FindStackWin(fpo_, low);
  row->kind = model::StackWinRow::Kind::kFrameData;
  return row;
}

std::optional<model::StackWinRow> SymbolCache::FindStackWin(const PackedTable<3>& records,
                                                            std::uint32_t offset) const {
  const std::uint32_t count =
      records.CountWhile<1>([&](const PackedTable<3>::Row& row) { return row[0] <= offset; });
  if (count == 0) return std::nullopt;
  const auto [start, size, shape] = records.At(count - 1);
  if (offset < start || offset - start >= size) return std::nullopt;
  const auto bytes = base::Slice(SectionBytes(Section::kStackWinShapes),
                                 std::uint64_t{shape} * kStackWinShapeBytes, kStackWinShapeBytes);
  if (!bytes) return std::nullopt;
  base::ByteReader reader(*bytes);
  model::StackWinRow row;
  row.start = {start};
  row.size = size;
  row.parameter_bytes = reader.Read<std::uint32_t>();
  row.saved_register_bytes = reader.Read<std::uint32_t>();
  row.local_bytes = reader.Read<std::uint32_t>();
  row.allocates_base_pointer = reader.Read<std::uint32_t>() != 0;
  const auto program = reader.Read<std::uint32_t>();
  if (program != kNone) row.program = strings_->At(program);
  return row;
}

}  // namespace cairn::symfile
