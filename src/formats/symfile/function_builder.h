// Gathers FUNC, line, INLINE and PUBLIC records and makes the cache's tables of functions, lines and inlines.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/symfile/address_partition.h"
#include "formats/symfile/cache_tables.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/symbol_text.h"

namespace cairn::symfile {

class FunctionBuilder {
 public:
  FunctionBuilder(StringTable& strings, CompileReport& report) : strings_(strings), report_(report) {}

  // Each gives the reason why the record can not be used, or an empty text.
  std::string_view AddFunction(const FunctionRecord& record);
  std::string_view AddPublic(const PublicRecord& record);
  std::string_view AddLine(const LineRecord& record);
  std::string_view AddInline(const InlineRecord& record);

  // The lines and inlines that follow belong to a function that could not be read.
  void SkipFunction();

  void AddFile(const FileRecord& record) { files_.SetString(record.id, strings_.Add(record.name)); }
  void AddInlineOrigin(const InlineOriginRecord& record) {
    origins_.SetString(record.id, strings_.Add(record.name));
  }

  void Finish(CacheTables& tables);

 private:
  struct Symbol {
    std::uint64_t start = 0;
    std::uint64_t size = 0;
    std::uint32_t name = 0;
    std::uint32_t first_line = 0;
    std::uint32_t line_count = 0;
    std::uint32_t first_inline = 0;
    std::uint32_t inline_count = 0;
    std::uint32_t flags = 0;
    std::uint32_t parameter_bytes = 0;
  };
  struct PendingLine {
    std::uint32_t file = 0;
    std::uint32_t line = 0;
  };
  struct PendingInline {
    std::uint32_t depth = 0;
    std::uint32_t start = 0;  // From the function's start; the end is half-open.
    std::uint32_t end = 0;
    std::uint32_t call_line = 0;
    std::uint32_t call_file = 0;
    std::uint32_t origin = 0;
    std::size_t order = 0;  // In the file.
  };

  bool ClipToFunction(AddressRange range, std::uint64_t& start, std::uint64_t& end);
  void FinishFunction();
  void FinishLines(Symbol& function);
  void FinishInlines(Symbol& function);
  void AppendPublicRanges(std::vector<RankedRange>& ranges) const;

  StringTable& strings_;
  CompileReport& report_;
  SlotTable files_;
  SlotTable origins_;

  enum class State : std::uint8_t { kNoFunction, kInFunction, kSkipping } state_ = State::kNoFunction;
  std::vector<Symbol> symbols_;
  std::size_t function_ = 0;              // Index of the open function.
  std::vector<RankedRange> line_ranges_;  // Of the open function; ids index lines_.
  std::vector<PendingLine> lines_;
  std::vector<Span> line_spans_;
  std::vector<PendingInline> inlines_;  // Of the open function.

  std::vector<std::uint32_t> line_offsets_;
  std::vector<std::uint32_t> line_values_;
  std::vector<std::uint32_t> inline_words_;
};

}  // namespace cairn::symfile
