// SameValue says whether two JSON values are equal as JSON Schema means it: 1 and 1.0 are, the order of
// members does not matter, and of repeated keys the last one counts.
#pragma once

#include <simdjson.h>

#include <string_view>
#include <utility>
#include <vector>

namespace cairn::json_schema {

using Fields = std::vector<std::pair<std::string_view, simdjson::dom::element>>;

// An object's members in the order in which they stand, without those that a later one of that name replaces.
Fields FieldsOf(simdjson::dom::object object);
// The same into a list that is used again.
void ReadFields(simdjson::dom::object object, Fields& fields);

bool SameValue(simdjson::dom::element a, simdjson::dom::element b);

// A JSON number of any kind.
long double NumberOf(simdjson::dom::element element);

}  // namespace cairn::json_schema
