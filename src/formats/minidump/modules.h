// ModuleList stream: the files mapped as code, with the ids by which symbols are found.
#pragma once

#include <vector>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"
#include "model/module.h"
#include "model/system.h"

namespace cairn::minidump {

// In the dump's order. A module that is empty or wraps is left out; one without a readable name or id stays
// without it. Of modules that overlap, module_entries.h says what becomes.
std::vector<model::Module> ReadModules(const Minidump& dump, model::Os os, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
