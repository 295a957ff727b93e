#include "formats/symfile/cfi_builder.h"

#include <algorithm>

#include "base/checked_math.h"
#include "formats/symfile/address_partition.h"
#include "formats/symfile/packed_table.h"

namespace cairn::symfile {
namespace {

// Large browsers' modules have some thousand distinct sets of rules. This many only a file made for the
// purpose has, and each may be ten times as long as the text that it comes from.
constexpr std::size_t kMaxRuleSets = std::size_t{1} << 20;
constexpr std::size_t kMaxRules = std::size_t{1} << 20;

void AppendNumber(std::string& bytes, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

std::string ProgramOf(const model::Rule& rule) {
  std::string bytes;
  for (const model::RuleToken& token : rule) {
    AppendNumber(bytes, static_cast<std::uint8_t>(token.op), 1);
    if (token.op == model::RuleOp::kConstant) AppendNumber(bytes, static_cast<std::uint64_t>(token.value), 8);
    if (token.op == model::RuleOp::kRegister) AppendNumber(bytes, static_cast<std::uint64_t>(token.value), 1);
  }
  return bytes;
}

std::string KeyOf(const std::vector<std::uint32_t>& words) {
  const base::Bytes bytes = std::as_bytes(std::span(words));
  return std::string(base::AsText(bytes));
}

}  // namespace

std::string_view CfiBuilder::AddInit(const CfiInitRecord& record) {
  FinishRange();
  if (record.size == 0) return "STACK CFI INIT: the range is empty";
  if (!base::CheckedAdd(record.address, record.size))
    return "STACK CFI INIT: the range leaves the address space";
  const std::optional<std::uint32_t> rules = InternRules(record.rules);
  if (!rules) return "STACK CFI INIT: the rules are not a list of target and expression";
  range_open_ = true;
  range_size_ = record.size;
  range_ = Range{.start = record.address,
                 .size = static_cast<std::uint32_t>(std::min<std::uint64_t>(record.size, 0xffffffff))};
  pending_.push_back({0, *rules, 0});
  ++report_.cfi_ranges;
  return {};
}

std::string_view CfiBuilder::AddDelta(const CfiDeltaRecord& record) {
  if (!range_open_) return "STACK CFI: there is no usable STACK CFI INIT before it";
  if (record.address < range_.start || record.address - range_.start >= range_size_) {
    return "STACK CFI: the address is outside the range of its STACK CFI INIT";
  }
  const std::optional<std::uint32_t> rules = InternRules(record.rules);
  if (!rules) return "STACK CFI: the rules are not a list of target and expression";
  pending_.push_back({record.address - range_.start, *rules, static_cast<std::uint32_t>(pending_.size())});
  return {};
}

std::optional<std::uint32_t> CfiBuilder::InternRules(std::string_view text) {
  if (const auto known = rules_by_text_.find(text); known != rules_by_text_.end()) return known->second;
  const auto entry = rules_by_text_.try_emplace(KeepText(text, memory_)).first;
  std::vector<Change> changes;
  if (table_ != nullptr) {
    const std::optional<std::vector<CfiRule>> parsed = ParseCfiRules(text, *table_);
    if (!parsed) return std::nullopt;
    for (const CfiRule& rule : *parsed) {
      // A register whose rule can not be read is unknown, as with ".undef"; for the other two that makes a
      // row useless.
      const bool known = rule.rule.has_value() && !(rule.target == RuleTarget::kCfa && rule.rule->empty());
      const bool is_register = rule.target == RuleTarget::kRegister;
      const std::uint32_t id = known || is_register ? InternRule(rule.rule.value_or(model::Rule{})) : kNone;
      changes.push_back({rule.target, rule.index, id});
    }
  }
  entry->second = static_cast<std::uint32_t>(rules_.size());
  rules_.push_back(std::move(changes));
  return entry->second;
}

std::uint32_t CfiBuilder::InternRule(const model::Rule& rule) {
  const std::string program = ProgramOf(rule);
  if (const auto found = rule_ids_.find(program); found != rule_ids_.end()) return found->second;
  if (rule_offsets_.size() >= kMaxRules) return kNone;
  const auto id = static_cast<std::uint32_t>(rule_offsets_.size());
  rule_ids_.emplace(program, id);
  rule_offsets_.push_back(static_cast<std::uint32_t>(rule_bytes_.size()));
  const base::Bytes bytes = base::AsBytes(program);
  rule_bytes_.insert(rule_bytes_.end(), bytes.begin(), bytes.end());
  return id;
}

std::uint32_t CfiBuilder::ApplyRules(std::uint32_t set, std::uint32_t rules) {
  const std::uint64_t key = std::uint64_t{set} << 32 | rules;
  if (const auto found = applied_.find(key); found != applied_.end()) return found->second;
  RuleSet next = sets_[set];
  for (const Change& change : rules_[rules]) {
    if (change.target == RuleTarget::kCfa) {
      next.cfa = change.rule;
    } else if (change.target == RuleTarget::kReturnAddress) {
      next.return_address = change.rule;
    } else {
      const auto place = std::ranges::lower_bound(next.registers, change.index, {}, &RegisterValue::index);
      if (place != next.registers.end() && place->index == change.index) {
        place->rule = change.rule;
      } else {
        next.registers.insert(place, {change.index, change.rule});
      }
    }
  }
  const std::uint32_t id = InternSet(std::move(next));
  applied_.emplace(key, id);
  return id;
}

std::uint32_t CfiBuilder::InternSet(RuleSet set) {
  std::vector<std::uint32_t> words = {set.cfa, set.return_address,
                                      static_cast<std::uint32_t>(set.registers.size())};
  for (const RegisterValue& value : set.registers) words.insert(words.end(), {value.index, value.rule});
  const bool usable = set.cfa != kNone && set.return_address != kNone;
  const auto id = static_cast<std::uint32_t>(sets_.size());
  const auto [entry, is_new] = set_ids_.try_emplace(KeyOf(words), id);
  if (!is_new) return entry->second;
  if (sets_.size() >= kMaxRuleSets) {
    entry->second = 0;
    return 0;
  }
  set_positions_.push_back(usable ? static_cast<std::uint32_t>(set_words_.size()) : kNone);
  if (usable) set_words_.insert(set_words_.end(), words.begin(), words.end());
  sets_.push_back(std::move(set));
  return id;
}

// Gives the open range its rows, and closes it.
void CfiBuilder::FinishRange() {
  if (!range_open_) return;
  range_open_ = false;
  // Rules are in force in the order of addresses; records of one address in the order of the file.
  const auto before = [](const PendingChange& a, const PendingChange& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.order < b.order;
  };
  if (!std::ranges::is_sorted(pending_, before)) std::ranges::sort(pending_, before);
  std::vector<std::uint32_t> rows;
  std::uint32_t set = 0;
  for (const PendingChange& change : pending_) {
    if (change.offset >= range_.size) break;
    set = ApplyRules(set, change.rules);
    const auto offset = static_cast<std::uint32_t>(change.offset);
    if (!rows.empty() && rows[rows.size() - 2] == offset) {
      rows.back() = set_positions_[set];
    } else {
      rows.insert(rows.end(), {offset, set_positions_[set]});
    }
  }
  pending_.clear();
  if (table_ != nullptr) InternRows(rows);
  ranges_.push_back(range_);
}

// Many functions begin alike, and small ones are alike: their rows are stored once.
void CfiBuilder::InternRows(const std::vector<std::uint32_t>& rows) {
  report_.cfi_rows += rows.size() / 2;
  range_.first_row = static_cast<std::uint32_t>(rows_.size() / 2);
  range_.row_count = static_cast<std::uint32_t>(rows.size() / 2);
  const auto [entry, is_new] = ranges_by_rows_.try_emplace(KeyOf(rows), range_);
  if (is_new) {
    rows_.insert(rows_.end(), rows.begin(), rows.end());
  } else {
    range_.first_row = entry->second.first_row;
  }
}

void CfiBuilder::Finish(CacheTables& tables) {
  FinishRange();
  std::vector<RankedRange> ranked;
  ranked.reserve(ranges_.size());
  for (std::uint32_t id = 0; id < ranges_.size(); ++id) {
    const Range& range = ranges_[id];
    ranked.push_back({range.start, range.start + range.size, range.size, id});
  }
  std::vector<Span> spans;
  AppendPartition(ranked, spans);
  PackedTableWriter<6> pieces;
  // The last span is a gap, so each piece has a span behind it.
  for (std::size_t i = 0; i + 1 < spans.size(); ++i) {
    if (spans[i].id == kNoRange) continue;
    const Range& range = ranges_[spans[i].id];
    const std::uint64_t start = spans[i].start;
    pieces.Add({static_cast<std::uint32_t>(start), static_cast<std::uint32_t>(start >> 32),
                static_cast<std::uint32_t>(spans[i + 1].start - start),
                static_cast<std::uint32_t>(start - range.start), range.first_row, range.row_count});
  }
  PackedTableWriter<2> rows;
  for (std::size_t i = 0; i < rows_.size(); i += 2) rows.Add({rows_[i], rows_[i + 1] + 1});
  rule_offsets_.push_back(static_cast<std::uint32_t>(rule_bytes_.size()));
  tables[Section::kCfiRanges] = pieces.Finish();
  tables[Section::kCfiRows] = rows.Finish();
  tables[Section::kRuleSets] = std::move(set_words_);
  tables[Section::kRuleOffsets] = std::move(rule_offsets_);
  tables[Section::kRuleBytes] = std::move(rule_bytes_);
}

}  // namespace cairn::symfile
