#include "analysis/unwind/frame_program.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <utility>

namespace cairn::unwind {
namespace {

// What the program's stack holds: a name keeps to be one until it is used, for it may be assigned to.
struct Operand {
  std::string_view name;  // Empty: a value.
  std::uint32_t value = 0;
};

std::optional<std::uint32_t> Compute(char op, std::uint32_t a, std::uint32_t b) {
  switch (op) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    case '/': return b == 0 ? std::nullopt : std::optional(a / b);
    case '%': return b == 0 ? std::nullopt : std::optional(a % b);
    case '@': return std::has_single_bit(b) ? std::optional(a & ~(b - 1)) : std::nullopt;
    default: return std::nullopt;
  }
}

class Machine {
 public:
  Machine(ProgramVariables variables, const StackMemory& memory)
      : variables_(std::move(variables)), memory_(memory) {}

  // Whether the token could be done.
  bool Do(std::string_view token) {
    if (token == "=") return Assign();
    if (token == "^") return Read();
    if (token.size() == 1 && std::string_view("+-*/%@").find(token[0]) != std::string_view::npos) {
      return Combine(token[0]);
    }
    Operand operand{.name = token};
    if (token[0] != '$' && token[0] != '.') {
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
      if (error != std::errc() || end != token.data() + token.size()) return false;
      operand = {.name = {}, .value = static_cast<std::uint32_t>(number)};
    }
    operands_.push_back(operand);
    return true;
  }

  // The variables, if every value found its use.
  std::optional<ProgramVariables> Finish() {
    if (!operands_.empty()) return std::nullopt;
    return std::move(variables_);
  }

 private:
  std::optional<std::uint32_t> PopValue() {
    if (operands_.empty()) return std::nullopt;
    const Operand operand = operands_.back();
    operands_.pop_back();
    return operand.name.empty() ? operand.value : variables_.Get(operand.name);
  }

  bool Assign() {
    const std::optional<std::uint32_t> value = PopValue();
    if (!value || operands_.empty() || operands_.back().name.empty()) return false;
    const std::string_view name = operands_.back().name;
    operands_.pop_back();
    return variables_.Assign(name, *value);
  }

  bool Read() {
    const std::optional<std::uint32_t> address = PopValue();
    if (!address) return false;
    const std::optional<std::uint64_t> value = memory_.ReadPointer(*address);
    if (value) operands_.push_back({.name = {}, .value = static_cast<std::uint32_t>(*value)});
    return value.has_value();
  }

  bool Combine(char op) {
    const std::optional<std::uint32_t> b = PopValue();
    const std::optional<std::uint32_t> a = PopValue();
    if (!a || !b) return false;
    const std::optional<std::uint32_t> result = Compute(op, *a, *b);
    if (result) operands_.push_back({.name = {}, .value = *result});
    return result.has_value();
  }

  ProgramVariables variables_;
  const StackMemory& memory_;
  std::vector<Operand> operands_;
};

// Takes the next token off `program`; empty at its end. "=$eip" are two tokens: Visual C++ 2010 leaves the
// space out when it generates code at link time.
std::string_view TakeToken(std::string_view& program) {
  constexpr std::string_view kSpaces = " \t\r\n";
  program.remove_prefix(std::min(program.find_first_not_of(kSpaces), program.size()));
  std::size_t size = std::min(program.find_first_of(kSpaces), program.size());
  if (size > 1 && program[0] == '=') size = 1;
  const std::string_view token = program.substr(0, size);
  program.remove_prefix(size);
  return token;
}

}  // namespace

ProgramVariables::Variable* ProgramVariables::Find(std::string_view name) {
  const auto found = std::ranges::find(variables_, name, &Variable::name);
  return found == variables_.end() ? nullptr : &*found;
}

const ProgramVariables::Variable* ProgramVariables::Find(std::string_view name) const {
  const auto found = std::ranges::find(variables_, name, &Variable::name);
  return found == variables_.end() ? nullptr : &*found;
}

void ProgramVariables::Set(std::string_view name, std::uint32_t value) {
  if (Variable* const variable = Find(name)) {
    variable->value = value;
  } else {
    variables_.push_back({.name = std::string(name), .value = value});
  }
}

std::optional<std::uint32_t> ProgramVariables::Get(std::string_view name) const {
  const Variable* const variable = Find(name);
  if (variable == nullptr) return std::nullopt;
  return variable->value;
}

bool ProgramVariables::IsAssigned(std::string_view name) const {
  const Variable* const variable = Find(name);
  return variable != nullptr && variable->is_assigned;
}

bool ProgramVariables::Assign(std::string_view name, std::uint32_t value) {
  if (Find(name) == nullptr && variables_.size() >= kMaxProgramVariables) return false;
  Set(name, value);
  Find(name)->is_assigned = true;
  return true;
}

std::optional<ProgramVariables> RunFrameProgram(std::string_view program, const ProgramVariables& initial,
                                                const StackMemory& memory) {
  Machine machine(initial, memory);
  std::size_t count = 0;
  for (std::string_view token = TakeToken(program); !token.empty(); token = TakeToken(program)) {
    if (++count > kMaxProgramTokens || !machine.Do(token)) return std::nullopt;
  }
  return machine.Finish();
}

}  // namespace cairn::unwind
