// Gives a frame its names: function, file, line, and the calls that were inlined there.
#pragma once

#include "model/frame.h"
#include "model/module.h"
#include "model/module_symbols.h"

namespace cairn::symbolize {

// Looks up frame.instruction, which for a caller lies inside the call, in `module`, which must contain it.
// `symbols` is null when the module's symbols were asked for and are not there; the frame says so. What an
// earlier look-up left in the frame is replaced.
void SymbolizeFrame(model::Frame& frame, const model::Module& module, const model::ModuleSymbols* symbols);

}  // namespace cairn::symbolize
