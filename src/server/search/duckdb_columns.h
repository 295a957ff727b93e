// Where DuckDB has the fields of a crash: as expressions over a crash row, c; what is known of its input, s;
// and the text of its signature, t.
#pragma once

#include <string>
#include <string_view>

#include "server/search/field.h"

namespace cairn::search {

struct FieldColumn {
  std::string expression;
  bool needs_signatures = false;  // Lies in the dictionary's table s, not in the crash row c.
  bool needs_texts = false;       // Lies in its table t.
};

// For conditions.
FieldColumn ColumnOf(FieldId field);

// For what is shown of crashes: each signature lies once in table t, and for each input in table s.
FieldColumn ShownColumnOf(FieldId field);

// The names in a column of FieldType::kNames, as a list.
std::string NamesOf(std::string_view column);

}  // namespace cairn::search
