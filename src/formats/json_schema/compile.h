// Compile turns the text of a JSON Schema into nodes.
#pragma once

#include <string_view>
#include <variant>

#include "formats/json_schema/node.h"
#include "formats/json_schema/schema.h"

namespace cairn::json_schema {

std::variant<NodeTable, Problem> CompileNodes(std::string_view text);

}  // namespace cairn::json_schema
