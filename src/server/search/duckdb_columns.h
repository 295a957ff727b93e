// Where DuckDB has the fields of a crash: as expressions over a crash row, c, and the signature of its input,
// s.
#pragma once

#include <string>

#include "server/search/field.h"

namespace cairn::search {

struct FieldColumn {
  std::string expression;
  bool needs_signatures = false;  // Lies in the dictionary's table s, not in the crash row c.
};

FieldColumn ColumnOf(FieldId field);

}  // namespace cairn::search
