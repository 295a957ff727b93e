// What a statement that a user wrote is, before it is run: whether it only reads, and which columns it gives.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "server/search/duckdb_connection.h"

namespace cairn::search {

// A column of a user's statement, and how it becomes one that DuckRows reads.
struct SelectColumn {
  std::string name;
  std::string_view type;   // integer, number, boolean, timestamp or text.
  std::string_view begin;  // Around the column's name or number.
  std::string_view end;
};

// The columns, if the text is one statement without parameters that reads; else the engine's sentence, or
// ours.
std::variant<std::vector<SelectColumn>, std::string> InspectSelect(DuckConnection& connection,
                                                                   const std::string& sql);

}  // namespace cairn::search
