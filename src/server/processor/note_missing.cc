#include "server/processor/note_missing.h"

#include <set>
#include <string_view>

namespace cairn::processor {

void NoteMissing(missing_symbols::MissingSymbols* missing, const Arrival& arrival,
                 const std::vector<worker::MissingSymbols>& modules) {
  if (missing == nullptr) return;
  for (const worker::MissingSymbols& module : modules) {
    missing->NoteCrash({module.debug_file, module.debug_id, module.code_file, module.code_id}, arrival.uuid,
                       arrival.client);
  }
}

void NoteMissing(missing_symbols::MissingSymbols* missing, const Arrival& arrival,
                 const std::vector<model::Module>& modules, const search::SignatureInput& input) {
  if (missing == nullptr || input.parts().stack == nullptr) return;
  std::set<std::string_view> nameless;  // Debug ids.
  for (const search::StackFrame& frame : input.parts().stack->frames()) {
    if (frame.names.empty() && !frame.debug_id.empty()) nameless.insert(frame.debug_id);
  }
  if (nameless.empty()) return;
  for (const model::Module& module : modules) {
    if (!nameless.contains(module.debug_id.text)) continue;
    missing->NoteCrash({module.debug_file, module.debug_id.text, module.code_file, module.code_id},
                       arrival.uuid, arrival.client);
  }
}

}  // namespace cairn::processor
