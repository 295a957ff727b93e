#include "analysis/symgen/cfi_text.h"

#include <algorithm>
#include <array>

namespace cairn::symgen {

using dwarf::FrameRow;
using model::RegisterIndex;
using model::RegisterRule;
using model::RegisterTable;
using model::Rule;
using model::RuleOp;
using model::RuleToken;
using model::UnwindRow;

namespace {

// Breakpad's own names have a dollar for x86, amd64 and MIPS, and none for the others.
std::string RegisterName(RegisterIndex index, const RegisterTable& table) {
  const bool dollar = std::ranges::any_of(
      std::array{model::Cpu::kX86, model::Cpu::kAmd64, model::Cpu::kMips, model::Cpu::kMips64},
      [&table](model::Cpu cpu) { return &table == model::FindRegisterTable(cpu); });
  return (dollar ? "$" : "") + std::string(table.names[index]);
}

std::string TokenText(const RuleToken& token, const RegisterTable& table) {
  switch (token.op) {
    case RuleOp::kConstant: return std::to_string(token.value);
    case RuleOp::kRegister: {
      const auto index = static_cast<std::size_t>(token.value);
      return index < table.names.size() ? RegisterName(static_cast<RegisterIndex>(index), table) : ".undef";
    }
    case RuleOp::kCfa: return ".cfa";
    case RuleOp::kAdd: return "+";
    case RuleOp::kSubtract: return "-";
    case RuleOp::kMultiply: return "*";
    case RuleOp::kDivide: return "/";
    case RuleOp::kModulo: return "%";
    case RuleOp::kAlign: return "@";
    case RuleOp::kDereference: return "^";
  }
  return ".undef";
}

void AppendRule(std::string_view name, const Rule& rule, const RegisterTable& table, std::string& text) {
  text += ' ';
  text += name;
  text += ": ";
  text += RuleText(rule, table);
}

const Rule* FindRule(const UnwindRow& row, RegisterIndex index) {
  const auto found = std::ranges::find(row.registers, index, &RegisterRule::index);
  return found == row.registers.end() ? nullptr : &found->rule;
}

std::string AllRules(const UnwindRow& row, const RegisterTable& table) {
  std::string text;
  AppendRule(".cfa", row.cfa, table, text);
  AppendRule(".ra", row.return_address, table, text);
  for (const RegisterRule& rule : row.registers)
    AppendRule(RegisterName(rule.index, table), rule.rule, table, text);
  return text;
}

// A register that loses its rule is again what a register without a rule is: unchanged if it is callee-saved.
Rule RuleOfSilence(RegisterIndex index, const RegisterTable& table) {
  const bool callee_saved = std::ranges::find(table.callee_saved, index) != table.callee_saved.end();
  return callee_saved ? Rule{{RuleOp::kRegister, index}} : Rule();
}

std::string ChangedRules(const UnwindRow& before, const UnwindRow& after, const RegisterTable& table) {
  std::string text;
  if (before.cfa != after.cfa) AppendRule(".cfa", after.cfa, table, text);
  if (before.return_address != after.return_address) AppendRule(".ra", after.return_address, table, text);
  for (const RegisterRule& rule : after.registers) {
    const Rule* old = FindRule(before, rule.index);
    if (old == nullptr || *old != rule.rule)
      AppendRule(RegisterName(rule.index, table), rule.rule, table, text);
  }
  for (const RegisterRule& rule : before.registers) {
    if (FindRule(after, rule.index) != nullptr) continue;
    AppendRule(RegisterName(rule.index, table), RuleOfSilence(rule.index, table), table, text);
  }
  return text;
}

}  // namespace

std::string RuleText(const Rule& rule, const RegisterTable& table) {
  if (rule.empty()) return ".undef";
  std::string text;
  for (const RuleToken& token : rule) {
    if (!text.empty()) text += ' ';
    text += TokenText(token, table);
  }
  return text;
}

void PrintCfi(const std::vector<FrameRow>& rows, const RegisterTable& table, TextWriter& writer) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const FrameRow& row = rows[i];
    if (!row.row) continue;
    if (i == 0 || !rows[i - 1].row) {
      std::uint64_t size = 0;
      for (std::size_t j = i; j < rows.size() && rows[j].row; ++j) size += rows[j].size;
      writer.Text("STACK CFI INIT ").Hex(row.start.value).Text(" ").Hex(size);
      writer.Text(AllRules(*row.row, table)).EndLine();
      continue;
    }
    const std::string changes = ChangedRules(*rows[i - 1].row, *row.row, table);
    if (!changes.empty()) writer.Text("STACK CFI ").Hex(row.start.value).Text(changes).EndLine();
  }
}

}  // namespace cairn::symgen
