// The whole analysis over bytes that claim to be a minidump, with symbols that know functions and unwind
// rows.
#include <cstddef>
#include <cstdint>

#include "analysis/pipeline/analyze.h"
#include "testing/dump_fuzzing.h"
#include "testing/table_symbols.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;  // NOLINT: the harness is one function.
  static const testing::TableSymbols* const symbols = [] {
    auto* const table = new testing::TableSymbols;
    table->Function(0x1000, 0x100, "Inner").Function(0x1100, 0x200, "Outer<int>::operator()(char)");
    table->Row(0x1000, 0x100, testing::RowAboveRsp(16)).Row(0x1100, 0x80, testing::RowAboveRsp(0));
    return table;
  }();
  base::Result<pipeline::Analysis> analysis =
      pipeline::Analysis::Create(std::as_bytes(std::span(data, size)), pipeline::AnalysisOptions{});
  if (!analysis) return 0;
  while (const std::optional<pipeline::NeedSymbols> need = analysis->Next()) {
    analysis->Provide(need->module, need->module % 2 == 0 ? symbols : nullptr);
  }
  analysis->Finish();
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  return cairn::testing::MutateDumpInput(data, size, max_size, seed);
}
