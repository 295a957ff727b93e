// Gathers STACK CFI records and makes the cache's tables of unwind rows.
//
// In the text each record changes some rules of the one before. In the cache each row is whole: rules, sets
// of rules and whole ranges of rows repeat so much that storing each once costs less than storing changes.
#pragma once

#include <cstdint>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/symfile/cache_tables.h"
#include "formats/symfile/cfi_rules.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_text.h"
#include "model/registers.h"

namespace cairn::symfile {

class CfiBuilder {
 public:
  // Without a register table only the ranges are kept. Borrows the table.
  CfiBuilder(const model::RegisterTable* table, CompileReport& report) : table_(table), report_(report) {}

  // Both give the reason why the record can not be used, or an empty text.
  std::string_view AddInit(const CfiInitRecord& record);
  std::string_view AddDelta(const CfiDeltaRecord& record);

  void Finish(CacheTables& tables);

 private:
  // What one text of rules changes: rule ids, kNone for a rule that is not known.
  struct Change {
    RuleTarget target = RuleTarget::kCfa;
    model::RegisterIndex index = 0;
    std::uint32_t rule = kNone;
  };
  struct RegisterValue {
    model::RegisterIndex index = 0;
    std::uint32_t rule = 0;
    friend bool operator==(const RegisterValue&, const RegisterValue&) = default;
  };
  struct RuleSet {
    std::uint32_t cfa = kNone;
    std::uint32_t return_address = kNone;
    std::vector<RegisterValue> registers;  // Ascending by index.
  };
  struct PendingChange {
    std::uint64_t offset = 0;  // From the range's start.
    std::uint32_t rules = 0;
    std::uint32_t order = 0;  // In the file.
  };
  struct Range {
    std::uint64_t start = 0;
    std::uint32_t size = 0;
    std::uint32_t first_row = 0;
    std::uint32_t row_count = 0;
  };

  std::optional<std::uint32_t> InternRules(std::string_view text);
  std::uint32_t InternRule(const model::Rule& rule);
  std::uint32_t InternSet(RuleSet set);
  std::uint32_t ApplyRules(std::uint32_t set, std::uint32_t rules);
  void FinishRange();
  void InternRows(const std::vector<std::uint32_t>& rows);

  const model::RegisterTable* table_;
  CompileReport& report_;

  std::pmr::monotonic_buffer_resource memory_;  // Of the next one's keys.
  std::unordered_map<std::string_view, std::optional<std::uint32_t>> rules_by_text_;
  std::vector<std::vector<Change>> rules_;
  std::unordered_map<std::string, std::uint32_t> rule_ids_;  // By program.
  std::vector<std::uint32_t> rule_offsets_;
  std::vector<std::byte> rule_bytes_;

  std::unordered_map<std::string, std::uint32_t> set_ids_;  // By contents.
  std::vector<RuleSet> sets_{RuleSet{}};                    // Set 0 knows nothing.
  std::vector<std::uint32_t> set_positions_{kNone};         // In set_words_; kNone for a set of no use.
  std::vector<std::uint32_t> set_words_;
  std::unordered_map<std::uint64_t, std::uint32_t> applied_;  // (set, rules) to set.

  bool range_open_ = false;
  Range range_;
  std::uint64_t range_size_ = 0;
  std::vector<PendingChange> pending_;
  std::unordered_map<std::string, Range> ranges_by_rows_;
  std::vector<std::uint32_t> rows_;  // Pairs of offset and set position.
  std::vector<Range> ranges_;
};

}  // namespace cairn::symfile
