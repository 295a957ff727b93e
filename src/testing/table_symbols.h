// TableSymbols is a ModuleSymbols that a test fills by hand.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "model/module_symbols.h"

namespace cairn::testing {

// Shorthand for rules: Register(kRsp) + 8 is {Reg(kRsp), Constant(8), Op(kAdd)}.
inline model::RuleToken Reg(model::RegisterIndex index) { return {model::RuleOp::kRegister, index}; }
inline model::RuleToken Constant(std::int64_t value) { return {model::RuleOp::kConstant, value}; }
inline model::RuleToken Op(model::RuleOp op) { return {op, 0}; }

// The row of a frame that has `frame_bytes` between rsp and the caller's, return address included.
inline model::UnwindRow RowAboveRsp(std::int64_t frame_bytes) {
  using model::RuleOp;
  model::UnwindRow row;
  row.cfa = {Reg(model::kRsp), Constant(frame_bytes), Op(RuleOp::kAdd)};
  row.return_address = {Op(RuleOp::kCfa), Constant(-8), Op(RuleOp::kAdd), Op(RuleOp::kDereference)};
  return row;
}

class TableSymbols final : public model::ModuleSymbols {
 public:
  // Code [start, start + size) is `function`; an address in no function holds no code.
  TableSymbols& Function(std::uint64_t start, std::uint64_t size, std::string function) {
    functions_[start] = {size, std::move(function)};
    return *this;
  }
  // `row` is in force in [start, start + size).
  TableSymbols& Row(std::uint64_t start, std::uint64_t size, model::UnwindRow row) {
    rows_[start] = {size, std::move(row)};
    return *this;
  }

  // The record is in force where it says. `row.start` and `row.size` must be set.
  TableSymbols& StackWin(model::StackWinRow row) {
    stack_win_[row.start.value] = {row.size, std::move(row)};
    return *this;
  }
  // The file has these bytes of code at `start`.
  TableSymbols& Code(std::uint64_t start, std::vector<std::byte> bytes) {
    code_start_ = start;
    code_ = std::move(bytes);
    return *this;
  }
  // Of every function.
  TableSymbols& ParameterBytes(std::uint32_t bytes) {
    parameter_bytes_ = bytes;
    return *this;
  }

  std::optional<model::UnwindRow> FindUnwindRow(model::ModuleOffset offset) const override {
    const auto* const found = Find(rows_, offset.value);
    if (found == nullptr) return std::nullopt;
    return found->second.second;
  }
  std::optional<model::SymbolizedAddress> Symbolize(model::ModuleOffset offset) const override {
    const auto* const found = Find(functions_, offset.value);
    if (found == nullptr) return std::nullopt;
    model::SymbolizedAddress address;
    address.location.function = found->second.second;
    address.function_start = {found->first};
    address.parameter_bytes = parameter_bytes_;
    return address;
  }
  model::CodeAt FindCode(model::ModuleOffset offset) const override {
    return Find(functions_, offset.value) == nullptr ? model::CodeAt::kNothing : model::CodeAt::kFunction;
  }
  std::optional<model::StackWinRow> FindStackWin(model::ModuleOffset offset) const override {
    const auto* const found = Find(stack_win_, offset.value);
    if (found == nullptr) return std::nullopt;
    return found->second.second;
  }
  base::Bytes ReadCode(model::ModuleOffset offset, std::size_t count) const override {
    if (offset.value < code_start_) return {};
    return base::Slice(code_, offset.value - code_start_, count).value_or(base::Bytes());
  }

 private:
  template <typename T>
  using Table = std::map<std::uint64_t, std::pair<std::uint64_t, T>>;  // Start -> size and value.

  template <typename T>
  static const typename Table<T>::value_type* Find(const Table<T>& table, std::uint64_t address) {
    auto next = table.upper_bound(address);
    if (next == table.begin()) return nullptr;
    --next;
    return address - next->first < next->second.first ? &*next : nullptr;
  }

  Table<std::string> functions_;
  Table<model::UnwindRow> rows_;
  Table<model::StackWinRow> stack_win_;
  std::uint64_t code_start_ = 0;
  std::vector<std::byte> code_;
  std::uint32_t parameter_bytes_ = 0;
};

}  // namespace cairn::testing
