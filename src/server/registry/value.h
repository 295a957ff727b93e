// What the text of an annotation means by its type in the registry.
//
// Clients send texts; a processed crash and the index hold booleans and numbers. A text that does not fit its
// type has no value: it is noted and left out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/json_writer.h"
#include "base/result.h"
#include "wire/annotation_registry.h"

namespace cairn::registry {

// Text that is a value of JSON already.
struct JsonText {
  std::string text;
  friend bool operator==(const JsonText&, const JsonText&) = default;
};

using Value = std::variant<bool, std::uint64_t, double, std::string, JsonText>;

// kBadValue if `text` is none of that type. Booleans are 1, true, 0 and false; numbers are decimal; texts
// lose the blanks at their end; objects are any JSON but a bare text or number.
base::Result<Value> ReadValue(wire::AnnotationType type, std::string_view text);

void WriteValue(const Value& value, base::JsonWriter& json);

// As a person would write it: what a search for the value is given.
std::string TextOf(const Value& value);

}  // namespace cairn::registry
