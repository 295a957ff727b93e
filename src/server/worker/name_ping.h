// NamePing gives the frames of a crash ping names and makes its signature: for the worker, and for whoever
// wants the signature that a server would give.
#pragma once

#include <functional>
#include <string_view>

#include "analysis/pipeline/analyze.h"
#include "base/result.h"
#include "model/crash_report.h"
#include "model/module.h"
#include "model/module_symbols.h"
#include "server/worker/signature_annotations.h"

namespace cairn::worker {

// The symbols of a module, or null. What it gives must live until the job is done.
using GiveSymbols = std::function<const model::ModuleSymbols*(const model::Module& module)>;

// Adds to the signature's input what the annotations say. The same cut for reports and pings, so that both
// get one signature.
std::function<void(signature::SignatureInput&)> Adding(const Annotations& annotations);

// The report of an analysis to its end.
model::CrashReport Finish(pipeline::Analysis& analysis, const GiveSymbols& give_symbols);

// With names and signature. An error if it is no ping: see ReadPing.
base::Result<model::CrashReport> NamePing(std::string_view json, const GiveSymbols& give_symbols);

}  // namespace cairn::worker
