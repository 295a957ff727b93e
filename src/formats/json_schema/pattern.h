// Pattern is a regular expression of a JSON Schema (ECMA 262's syntax), run by RE2.
//
// RE2 has no lookahead. The one form that schemas of pings use is understood all the same: "^(?!forbidden)"
// in front, also behind opening parentheses, of a pattern without alternatives.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

namespace re2 {
class RE2;
}

namespace cairn::json_schema {

class Pattern {
 public:
  // Nothing if it is no pattern, or one that cannot be run here.
  static std::optional<Pattern> Compile(std::string_view text);

  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  // Whether it matches anywhere in `text`.
  bool FoundIn(std::string_view text) const;

 private:
  Pattern();
  std::unique_ptr<re2::RE2> wanted_;
  std::unique_ptr<re2::RE2> forbidden_;  // Null: nothing is. Else the text may not begin so.
};

}  // namespace cairn::json_schema
