// JsonView is one value of a JSON text (RFC 8259), read where it lies.
//
// For a text of which little is wanted, once: each question goes over the text of the value again, nothing is
// kept. What reads much JSON uses simdjson, which would make each program that links it start half a
// millisecond later.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cairn::base {

// Of arrays and objects in each other. Submissions and the errors of a dump's writer nest three deep.
inline constexpr int kMaxJsonDepth = 64;

class JsonView {
 public:
  // Nothing if `text` is not one JSON value in UTF-8 and nothing else, or nests deeper than kMaxJsonDepth.
  // Borrows it.
  static std::optional<JsonView> Read(std::string_view text);

  bool IsObject() const { return text_.starts_with('{'); }

  // Of an object, in its order; of another value none. A name may stand there twice.
  std::vector<std::pair<std::string, JsonView>> Members() const;

  // The first member of the name; nothing if there is none, or the value is no object.
  std::optional<JsonView> Member(std::string_view name) const;

  // Of an array; of another value none.
  std::vector<JsonView> Items() const;

  // Of a string, with U+FFFD for half of a surrogate pair; of another value nothing.
  std::optional<std::string> Text() const;

  // The value as it stands there, but without blanks outside its texts.
  std::string Minified() const;

 private:
  explicit JsonView(std::string_view text) : text_(text) {}

  std::string_view text_;  // Begins with the value and is valid.
};

}  // namespace cairn::base
