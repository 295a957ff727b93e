// SymbolSet holds what is known so far of each module's symbols. Symbols arrive between steps of a walk.
#pragma once

#include <cstdint>
#include <vector>

#include "model/module_symbols.h"

namespace cairn::unwind {

class SymbolSet {
 public:
  explicit SymbolSet(std::size_t module_count) : answers_(module_count) {}

  // Whether the question for this module was answered, if only by "none".
  bool IsAnswered(std::uint32_t module) const { return answers_.at(module).is_answered; }
  // The symbols of the module; nullptr if there are none or nobody answered yet.
  const model::ModuleSymbols* Get(std::uint32_t module) const { return answers_.at(module).symbols; }

  void Answer(std::uint32_t module, const model::ModuleSymbols* symbols) {
    answers_.at(module) = {symbols, true};
  }

 private:
  struct State {
    const model::ModuleSymbols* symbols = nullptr;
    bool is_answered = false;
  };
  std::vector<State> answers_;
};

}  // namespace cairn::unwind
