#include "analysis/unwind/arguments.h"

#include <algorithm>
#include <string>

#include "model/registers.h"

namespace cairn::unwind {
namespace {

constexpr std::uint64_t kWordBytes = 4;

// Real functions have some dozens at most; a name may have a megabyte.
constexpr std::size_t kMaxParameters = 64;

constexpr std::string_view kOpening = "([{<";
constexpr std::string_view kClosing = ")]}>";

// Where the parameter list begins and ends, parentheses left out; empty if there is none. It is the last one:
// "operator()(int) const" and functions that give functions have others before it.
std::string_view ParameterList(std::string_view function) {
  const std::size_t end = function.rfind(')');
  if (end == std::string_view::npos) return {};
  int depth = 0;
  for (std::size_t i = end + 1; i-- > 0;) {
    if (function[i] == ')') ++depth;
    if (function[i] == '(' && --depth == 0) return function.substr(i + 1, end - i - 1);
  }
  return {};
}

std::string_view Trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

bool IsMethod(std::string_view function) {
  const std::string_view list = ParameterList(function);
  const std::string_view name = function.substr(0, static_cast<std::size_t>(list.data() - function.data()));
  return !function.starts_with("static ") && name.find("::") != std::string_view::npos;
}

// How many words a value of the type takes. What is passed by value and larger than this is not known.
std::uint64_t WordsOf(std::string_view type) {
  constexpr std::string_view kTwoWords[] = {"double",  "long long", "unsigned long long", "__int64",
                                            "int64_t", "uint64_t",  "unsigned __int64",   "long long int",
                                            "int64",   "uint64",    "long double",        "u64",
                                            "i64",     "f64"};
  return std::ranges::find(kTwoWords, type) != std::end(kTwoWords) ? 2 : 1;
}

std::optional<std::uint64_t> ReadWords(const StackMemory& stack, std::uint64_t place, std::uint64_t words) {
  const std::optional<std::uint64_t> low = stack.ReadPointer(place);
  if (words == 1 || !low) return low;
  const std::optional<std::uint64_t> high = stack.ReadPointer(place + kWordBytes);
  return high ? std::optional(*high << 32 | *low) : std::nullopt;
}

void GuessArgumentsOf(model::Os os, const StackMemory& stack, std::uint64_t caller_sp, model::Frame& frame) {
  const std::string_view function = frame.location.function;
  if (ParameterList(function).data() == nullptr) return;
  std::uint64_t place = caller_sp;
  if (IsMethod(function)) {
    model::Argument self{.type = "this"};
    if (os != model::Os::kWindows) {
      self.value = stack.ReadPointer(place);
      place += kWordBytes;
    } else if (frame.trust == model::Trust::kContext) {
      self.value = frame.registers.Get(model::kEcx);  // Of other frames it was not kept.
    }
    frame.arguments.push_back(std::move(self));
  }
  for (const std::string_view type : ParameterTypes(function)) {
    const std::uint64_t words = WordsOf(type);
    frame.arguments.push_back({.type = std::string(type), .value = ReadWords(stack, place, words)});
    place += words * kWordBytes;
  }
}

}  // namespace

std::vector<std::string_view> ParameterTypes(std::string_view function) {
  std::vector<std::string_view> types;
  const std::string_view list = ParameterList(function);
  std::size_t start = 0;
  int depth = 0;
  for (std::size_t i = 0; i <= list.size() && types.size() < kMaxParameters; ++i) {
    const bool is_end = i == list.size();
    if (!is_end && kOpening.find(list[i]) != std::string_view::npos) ++depth;
    if (!is_end && kClosing.find(list[i]) != std::string_view::npos) --depth;
    if (!is_end && (list[i] != ',' || depth > 0)) continue;
    const std::string_view type = Trimmed(list.substr(start, i - start));
    // "..." stands for any number of arguments.
    if (!type.empty() && type != "void" && type != "...") types.push_back(type);
    start = i + 1;
  }
  return types;
}

void GuessArguments(model::Os os, const StackMemory& stack, std::vector<model::Frame>& frames) {
  for (std::size_t i = 0; i + 1 < frames.size(); ++i) {
    if (const auto sp = frames[i + 1].registers.Get(model::kEsp)) {
      GuessArgumentsOf(os, stack, *sp, frames[i]);
    }
  }
}

}  // namespace cairn::unwind
