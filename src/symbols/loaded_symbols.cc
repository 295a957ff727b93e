#include "symbols/loaded_symbols.h"

namespace cairn::symbols {

const model::ModuleSymbols& LoadedSymbols::symbols() const {
  if (binary_ == nullptr) return file_->symbols();
  if (file_ == nullptr) return binary_->symbols();
  return *this;
}

std::optional<model::UnwindRow> LoadedSymbols::FindUnwindRow(model::ModuleOffset offset) const {
  if (file_ != nullptr) {
    if (auto row = file_->symbols().FindUnwindRow(offset)) return row;
  }
  return binary_ != nullptr ? binary_->symbols().FindUnwindRow(offset) : std::nullopt;
}

std::optional<model::SymbolizedAddress> LoadedSymbols::Symbolize(model::ModuleOffset offset) const {
  if (file_ != nullptr) {
    if (auto symbol = file_->symbols().Symbolize(offset)) return symbol;
  }
  return binary_ != nullptr ? binary_->symbols().Symbolize(offset) : std::nullopt;
}

// Code is where either says so: a symbol file without the names of some functions refuses return addresses
// into them, which the binary's tables know.
model::CodeAt LoadedSymbols::FindCode(model::ModuleOffset offset) const {
  const model::CodeAt named = file_ != nullptr ? file_->symbols().FindCode(offset) : model::CodeAt::kUnknown;
  if (named == model::CodeAt::kFunction || binary_ == nullptr) return named;
  const model::CodeAt mapped = binary_->symbols().FindCode(offset);
  return mapped == model::CodeAt::kUnknown ? named : mapped;
}

std::optional<model::StackWinRow> LoadedSymbols::FindStackWin(model::ModuleOffset offset) const {
  return file_ != nullptr ? file_->symbols().FindStackWin(offset) : std::nullopt;
}

base::Bytes LoadedSymbols::ReadCode(model::ModuleOffset offset, std::size_t count) const {
  return binary_ != nullptr ? binary_->symbols().ReadCode(offset, count) : base::Bytes();
}

}  // namespace cairn::symbols
