// Gathers STACK WIN records and makes the cache's tables of them.
//
// The two kinds do not meet: a lookup asks frame data first, then FPO. Within a kind ranges that overlap are
// repaired: a record that begins inside the one before ends it there, and of those that begin at one address
// the first in the file counts (PDB files of identical functions repeat records).
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "formats/symfile/cache_tables.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_text.h"

namespace cairn::symfile {

class StackWinBuilder {
 public:
  StackWinBuilder(StringTable& strings, CompileReport& report) : strings_(strings), report_(report) {}

  // The reason why the record can not be used, or an empty text.
  std::string_view Add(const StackWinRecord& record);

  void Finish(CacheTables& tables);

 private:
  struct Range {
    std::uint32_t start = 0;
    std::uint32_t size = 0;
    std::uint32_t shape = 0;
  };
  // The words of an element of kStackWinShapes.
  using Shape = std::array<std::uint32_t, kStackWinShapeBytes / sizeof(std::uint32_t)>;

  std::vector<std::byte> TableOf(std::vector<Range>& ranges);

  StringTable& strings_;
  CompileReport& report_;
  std::vector<Range> frame_data_;
  std::vector<Range> fpo_;
  std::map<Shape, std::uint32_t> shapes_;
  std::vector<std::uint32_t> shape_words_;
};

}  // namespace cairn::symfile
