// Turns the rules of a STACK CFI record (".cfa: $rsp 8 + .ra: .cfa -8 + ^") into programs for the unwinder.
//
// Source: "STACK CFI" in Breakpad's docs/symbol_files.md. Registers may be written with or without "$".
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "model/registers.h"
#include "model/unwind_row.h"

namespace cairn::symfile {

// What a rule gives: the canonical frame address, the return address, or a register of the caller.
enum class RuleTarget : std::uint8_t { kCfa, kReturnAddress, kRegister };

struct CfiRule {
  RuleTarget target = RuleTarget::kCfa;
  model::RegisterIndex index = 0;  // Where the target is kRegister.
  // Empty for ".undef". Nothing where the expression can not be read or never gives one value: then the
  // target is not known, as with ".undef", but a return address that is not known does not end the stack.
  std::optional<model::Rule> rule;
};

// In the order of the text. A register that the table does not have is left out. Nothing if the text is not a
// list of "target: expression".
std::optional<std::vector<CfiRule>> ParseCfiRules(std::string_view rules, const model::RegisterTable& table);

}  // namespace cairn::symfile
