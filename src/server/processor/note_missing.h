// Counts a crash at the modules on its stacks that have no symbols.
#pragma once

#include <vector>

#include "model/module.h"
#include "server/missing_symbols/missing_symbols.h"
#include "server/processor/arrival.h"
#include "server/search/signature_input.h"
#include "server/worker/outcome.h"

namespace cairn::processor {

// As the worker found them. `missing` may be null: then nobody counts.
void NoteMissing(missing_symbols::MissingSymbols* missing, const Arrival& arrival,
                 const std::vector<worker::MissingSymbols>& modules);

// Those of `modules` in which the input's stack has a frame without a name.
void NoteMissing(missing_symbols::MissingSymbols* missing, const Arrival& arrival,
                 const std::vector<model::Module>& modules, const search::SignatureInput& input);

}  // namespace cairn::processor
