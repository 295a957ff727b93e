#include "formats/json_schema/pattern.h"

#include <re2/re2.h>

#include <string>

namespace cairn::json_schema {
namespace {

constexpr std::int64_t kMaxProgramBytes = 1 << 20;  // A pattern of a schema comes to some hundred.

std::unique_ptr<re2::RE2> Build(std::string_view text) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxProgramBytes);
  auto expression = std::make_unique<re2::RE2>(re2::StringPiece(text.data(), text.size()), options);
  return expression->ok() ? std::move(expression) : nullptr;
}

// "^((?!data)rest)" as "^(" + "rest)" and "data".
struct Lookahead {
  std::string wanted;
  std::string forbidden;
};
std::optional<Lookahead> SplitLookahead(std::string_view text) {
  constexpr std::string_view kOpening = "(?!";
  std::size_t start = 0;
  if (!text.starts_with('^') || text.find('|') != std::string_view::npos) return std::nullopt;
  ++start;
  while (start < text.size() && text[start] == '(' && !text.substr(start).starts_with("(?")) ++start;
  if (!text.substr(start).starts_with(kOpening)) return std::nullopt;
  const std::string_view inside = text.substr(start + kOpening.size());
  const std::size_t end = inside.find_first_of("()\\[");
  if (end == std::string_view::npos || inside[end] != ')') return std::nullopt;
  return Lookahead{std::string(text.substr(0, start)) + std::string(inside.substr(end + 1)),
                   "^" + std::string(inside.substr(0, end))};
}

}  // namespace

Pattern::Pattern() = default;
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

std::optional<Pattern> Pattern::Compile(std::string_view text) {
  Pattern pattern;
  if (const std::optional<Lookahead> lookahead = SplitLookahead(text)) {
    pattern.wanted_ = Build(lookahead->wanted);
    pattern.forbidden_ = Build(lookahead->forbidden);
    if (pattern.forbidden_ == nullptr) return std::nullopt;
  } else {
    pattern.wanted_ = Build(text);
  }
  if (pattern.wanted_ == nullptr) return std::nullopt;
  return pattern;
}

bool Pattern::FoundIn(std::string_view text) const {
  const re2::StringPiece piece(text.data(), text.size());
  const auto found = [&piece](const re2::RE2& expression) {
    return expression.Match(piece, 0, piece.size(), re2::RE2::UNANCHORED, nullptr, 0);
  };
  return (forbidden_ == nullptr || !found(*forbidden_)) && found(*wanted_);
}

}  // namespace cairn::json_schema
