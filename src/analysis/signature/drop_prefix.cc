#include <array>
#include <string>
#include <string_view>

#include "analysis/signature/normalize.h"

namespace cairn::signature {
namespace {

// Of a bracket what closes it; of what closes one, and of a space, itself; else nothing.
constexpr std::array<char, 256> kTokens = [] {
  std::array<char, 256> tokens{};
  tokens['('] = tokens[')'] = ')';
  tokens['['] = tokens[']'] = ']';
  tokens['{'] = tokens['}'] = '}';
  tokens['<'] = tokens['>'] = '>';
  tokens['`'] = tokens['\''] = '\'';
  tokens[' '] = ' ';
  return tokens;
}();

// What closes the brackets that are open. Names seldom have many, so that these need no memory of their own.
class OpenBrackets {
 public:
  bool IsEmpty() const { return count_ == 0; }
  void Open(char closes) {
    if (count_ < few_.size()) {
      few_[count_] = closes;
    } else {
      more_ += closes;
    }
    ++count_;
  }
  void Close(char c) {
    if (count_ == 0) return;
    if (count_ <= few_.size()) {
      if (few_[count_ - 1] == c) --count_;
    } else if (more_.back() == c) {
      more_.pop_back();
      --count_;
    }
  }

 private:
  std::size_t count_ = 0;
  std::array<char, 32>
      few_;  // NOLINT(cppcoreguidelines-pro-type-member-init): read where it was written only.
  std::string more_;
};

}  // namespace

std::string_view DropPrefixAndReturnType(std::string_view function) {
  // Tokens are parted by spaces outside of all brackets; a bracket that closes another one than the innermost
  // is a character like others ("operator->").
  OpenBrackets open;
  std::size_t start = 0;    // Of the last token; or of an earlier one to which what follows belongs.
  std::size_t current = 0;  // Of the token that is being read.
  std::size_t end = 0;      // Of the last token that was read.
  const auto take_token = [&](std::size_t token_end) {
    const std::string_view token = function.substr(current, token_end - current);
    if (!token.starts_with('(') && !token.starts_with("[clone")) start = current;
    end = token_end;
  };
  for (std::size_t i = 0; i < function.size(); ++i) {
    const char c = function[i];
    const char token = kTokens[static_cast<unsigned char>(c)];
    if (token == '\0') continue;
    if (token == ' ') {
      if (!open.IsEmpty()) continue;
      take_token(i);
      current = i + 1;
    } else if (token == c) {
      open.Close(c);
    } else {
      open.Open(token);
    }
  }
  // A space at the end begins no token.
  if (current < function.size()) take_token(function.size());
  return function.substr(start, end - start);
}

}  // namespace cairn::signature
