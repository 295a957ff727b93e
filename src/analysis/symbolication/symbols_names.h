// ModuleNames of any symbols: for whoever asks once.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "analysis/symbolication/names.h"
#include "model/module_symbols.h"

namespace cairn::symbolication {

class SymbolsNames final : public ModuleNames {
 public:
  // The symbols must outlive the object.
  SymbolsNames(const model::ModuleSymbols& symbols, std::string code_file)
      : symbols_(symbols), code_file_(std::move(code_file)) {}

  std::string_view code_file() const override { return code_file_; }
  NamedAddresses Name(std::span<const model::ModuleOffset> offsets) const override;

 private:
  const model::ModuleSymbols& symbols_;
  std::string code_file_;
};

}  // namespace cairn::symbolication
