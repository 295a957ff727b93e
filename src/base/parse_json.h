// ParseJson is how text that somebody sent becomes a simdjson document.
#pragma once

#include <simdjson.h>

#include <string_view>

namespace cairn::base {

// The document lives in `parser` until its next parse. An empty text is an error like any other text that is
// no JSON: an empty view may be null, which simdjson must not be given.
inline simdjson::simdjson_result<simdjson::dom::element> ParseJson(simdjson::dom::parser& parser,
                                                                   std::string_view text) {
  if (text.empty()) return simdjson::EMPTY;
  return parser.parse(text.data(), text.size());
}

}  // namespace cairn::base
