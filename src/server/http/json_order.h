// JsonOrder is the JSON object that a request brought, read member by member. The first thing that is wrong
// with it is kept, so that a handler reads all it wants and asks once.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/http/message.h"

namespace cairn::http {

// Of a body; the longest that is taken has some kilobytes.
inline constexpr std::size_t kMaxOrderBytes = 256 << 10;

class JsonOrder {
 public:
  explicit JsonOrder(std::string_view body);

  // These give an empty value for what is not there or null, and note a mistake for a value of another type.
  std::optional<std::string> Text(std::string_view name);
  std::optional<std::int64_t> Number(std::string_view name);
  std::optional<bool> Flag(std::string_view name);
  std::optional<std::vector<std::string>> Texts(std::string_view name);
  // Objects with two texts, as pairs.
  using Pair = std::pair<std::string, std::string>;
  std::optional<std::vector<Pair>> Pairs(std::string_view name, std::string_view first,
                                         std::string_view second);
  // An object whose members are lists of texts.
  using Lists = std::map<std::string, std::vector<std::string>, std::less<>>;
  std::optional<Lists> TextsByName(std::string_view name);
  // As Text, but a mistake if it is not there or empty.
  std::string NeededText(std::string_view name);

  // Of a text, or of a whole number as it is written; a mistake if it is not there or empty.
  std::string NeededId(std::string_view name);

  // 400 with the first mistake.
  std::optional<Response> refusal() const;

 private:
  // Whether the member is there and not null.
  bool Find(std::string_view name, simdjson::dom::element& element) const;
  // Of a list; false if it is none of texts.
  static bool TakeTexts(const simdjson::dom::element& element, std::vector<std::string>& texts);
  void Note(std::string_view name, std::string_view wanted);

  simdjson::dom::parser parser_;
  std::optional<simdjson::dom::object> object_;
  std::string mistake_;
};

}  // namespace cairn::http
