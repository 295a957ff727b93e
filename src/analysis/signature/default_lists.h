// Cairn's own signature lists, as rows with a category and a reason each.
#pragma once

#include <span>
#include <string_view>

#include "analysis/signature/lists.h"

namespace cairn::signature {

struct ListRow {
  ListKind kind;
  std::string_view category;  // What the names belong to: "glibc", "c++ runtime", "rust".
  std::string_view
      pattern;  // RE2, matched at the start of a frame; a sentinel is the whole frame and no pattern.
  std::string_view reason;
};

std::span<const ListRow> DefaultListRows();

}  // namespace cairn::signature
