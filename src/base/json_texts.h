// TextsIn reads a list of texts out of JSON that somebody sent.
#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>
#include <vector>

namespace cairn::base {

// What is no text is left out; what is no list has none.
inline std::vector<std::string> TextsIn(simdjson::simdjson_result<simdjson::dom::element> list) {
  std::vector<std::string> texts;
  simdjson::dom::array members;
  if (list.get(members) != simdjson::SUCCESS) return texts;
  for (const simdjson::dom::element member : members) {
    std::string_view text;
    if (member.get(text) == simdjson::SUCCESS) texts.emplace_back(text);
  }
  return texts;
}

}  // namespace cairn::base
