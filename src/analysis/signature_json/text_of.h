// Text in crash data, which may lack anything.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace cairn::signature_json {

// Empty for what is absent or no text. Borrows from the document.
inline std::string_view TextOf(const simdjson::dom::object& parent, std::string_view key) {
  std::string_view text;
  if (parent[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

}  // namespace cairn::signature_json
