// What a worker does with its inputs: values in, the output's text or bytes out. No files, no sockets: those
// are served by worker_main's loop, and tests call these directly.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/byte_reader.h"
#include "base/result.h"
#include "model/module.h"
#include "model/module_symbols.h"

namespace cairn::worker {

// The symbols of a module, or null. What it gives must live until the job is done.
using GiveSymbols = std::function<const model::ModuleSymbols*(const model::Module& module)>;

// The outcome (outcome.h) of a minidump, as JSON.
base::Result<std::string> ProcessReport(base::Bytes dump, const GiveSymbols& give_symbols);

// The outcome of a ping, as JSON.
base::Result<std::string> ProcessPing(std::string_view ping_json, const GiveSymbols& give_symbols);

}  // namespace cairn::worker
