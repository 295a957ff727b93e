#include "formats/dwarf/row_translation.h"

#include <algorithm>
#include <utility>

#include "formats/dwarf/expression.h"

namespace cairn::dwarf {

using model::Rule;
using model::RuleOp;
using Kind = RegisterState::Kind;

namespace {

void AppendOffset(Rule& rule, std::int64_t offset) {
  if (offset == 0) return;
  // The one value that has no negation stays an addition.
  const bool subtract = offset < 0 && -(offset + 1) != INT64_MAX;
  rule.push_back({RuleOp::kConstant, subtract ? -offset : offset});
  rule.push_back({subtract ? RuleOp::kSubtract : RuleOp::kAdd});
}

base::Bytes BytesOf(const FrameSection& section, const SectionRange& range) {
  return section.bytes.subspan(static_cast<std::size_t>(range.begin),
                               static_cast<std::size_t>(range.end - range.begin));
}

Rule RegisterValue(std::int64_t index) { return {{RuleOp::kRegister, index}}; }

bool IsRegister(std::int64_t index) { return index >= 0 && index < model::kMaxRegisters; }

// Empty means undefined.
Rule TranslateRegister(const FrameSection& section, const RegisterState& state, std::int64_t self) {
  Rule rule = {{RuleOp::kCfa}};
  switch (state.kind) {
    case Kind::kNone:
    case Kind::kUndefined: return {};
    case Kind::kSame: return RegisterValue(self);
    case Kind::kOffset:
      AppendOffset(rule, state.value);
      rule.push_back({RuleOp::kDereference});
      return rule;
    case Kind::kValOffset: AppendOffset(rule, state.value); return rule;
    case Kind::kRegister: return IsRegister(state.value) ? RegisterValue(state.value) : Rule();
    case Kind::kExpression:
    case Kind::kValExpression: break;
  }
  std::optional<Rule> translated = TranslateExpression(BytesOf(section, state.expression), rule);
  if (!translated) return {};
  if (state.kind == Kind::kExpression) translated->push_back({RuleOp::kDereference});
  return translated->size() <= model::kMaxRuleTokens ? *std::move(translated) : Rule();
}

std::optional<Rule> TranslateCfa(const FrameSection& section, const FrameState& state) {
  if (state.cfa.kind == Kind::kValExpression)
    return TranslateExpression(BytesOf(section, state.cfa.expression), {});
  if (state.cfa.kind != Kind::kRegister || !IsRegister(state.cfa.value)) return std::nullopt;
  Rule rule = RegisterValue(state.cfa.value);
  AppendOffset(rule, state.cfa_offset);
  return rule;
}

// On amd64 the return address has a column of its own that no instruction can hold, so silence about it is an
// end; CPUs with a link register leave the caller's address in it until it is saved.
Rule TranslateReturnAddress(const FrameSection& section, const CommonEntry& common, const FrameState& state,
                            const model::RegisterTable& table) {
  const auto column = static_cast<std::int64_t>(common.return_address_register);
  if (!IsRegister(column)) return {};
  const RegisterState& rule = state.registers[static_cast<std::size_t>(column)];
  if (rule.kind == Kind::kNone && column != table.pc) return RegisterValue(column);
  if (rule.kind == Kind::kSame && column == table.pc) return {};
  return TranslateRegister(section, rule, column);
}

}  // namespace

std::optional<model::UnwindRow> TranslateState(const FrameSection& section, const CommonEntry& common,
                                               const FrameState& state, const model::RegisterTable& table) {
  std::optional<Rule> cfa = TranslateCfa(section, state);
  if (!cfa) return std::nullopt;
  model::UnwindRow row;
  row.cfa = *std::move(cfa);
  row.return_address = TranslateReturnAddress(section, common, state, table);
  row.is_signal_frame = common.signal_frame;
  for (std::size_t i = 0; i < table.names.size() && i < state.registers.size(); ++i) {
    const auto index = static_cast<model::RegisterIndex>(i);
    const RegisterState& rule = state.registers[i];
    if (i == common.return_address_register || rule.kind == Kind::kNone) continue;
    // Where the program counter has no DWARF number (MIPS, RISC-V), ours is that of a floating-point
    // register.
    if (index == table.pc) continue;
    const bool callee_saved = std::ranges::find(table.callee_saved, index) != table.callee_saved.end();
    if (rule.kind == Kind::kSame && callee_saved) continue;
    row.registers.push_back({index, TranslateRegister(section, rule, index)});
  }
  return row;
}

}  // namespace cairn::dwarf
