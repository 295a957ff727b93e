#include "analysis/symbolize/symbolize_frame.h"

#include <optional>
#include <utility>

namespace cairn::symbolize {

void SymbolizeFrame(model::Frame& frame, const model::Module& module, const model::ModuleSymbols* symbols) {
  frame.location = {};
  frame.inlines.clear();
  frame.function_offset.reset();
  frame.missing_symbols = symbols == nullptr;
  if (symbols == nullptr || !module.Contains(frame.instruction)) return;

  const model::ModuleOffset offset = module.OffsetOf(frame.instruction);
  std::optional<model::SymbolizedAddress> found = symbols->Symbolize(offset);
  if (!found) return;
  frame.location = std::move(found->location);
  frame.inlines = std::move(found->inlines);
  if (found->function_start <= offset) frame.function_offset = offset.value - found->function_start.value;
}

}  // namespace cairn::symbolize
