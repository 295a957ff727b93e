// Gathers FUNC, line, INLINE and PUBLIC records and makes the cache's tables of functions, lines and inlines.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/symfile/address_partition.h"
#include "formats/symfile/address_rows.h"
#include "formats/symfile/cache_tables.h"
#include "formats/symfile/compile.h"
#include "formats/symfile/function_rows.h"
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
    std::uint32_t first_row = 0;
    std::uint32_t row_count = 0;
    std::uint32_t flags = 0;
    std::uint32_t parameter_bytes = 0;
  };
  bool ClipToFunction(AddressRange range, std::uint64_t& start, std::uint64_t& end);
  void FinishFunction();
  void AppendPublicRanges(std::vector<RankedRange>& ranges) const;
  void FinishSpans(const std::vector<Span>& spans, CacheTables& tables) const;
  void AppendSpanRows(const Symbol& symbol, std::uint64_t start, std::uint64_t end, std::uint32_t span,
                      AddressRowWriter& writer) const;

  StringTable& strings_;
  CompileReport& report_;
  SlotTable files_;
  SlotTable origins_;

  enum class State : std::uint8_t { kNoFunction, kInFunction, kSkipping } state_ = State::kNoFunction;
  std::vector<Symbol> symbols_;
  std::size_t function_ = 0;             // Index of the open function.
  std::vector<FunctionLine> lines_;      // Of the open function.
  std::vector<FunctionInline> inlines_;  // Of the open function.
  InlineNodeWriter nodes_;
  FunctionRows function_rows_{nodes_};
  std::vector<FunctionRow> rows_;
};

}  // namespace cairn::symfile
