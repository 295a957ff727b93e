#include "server/worker/jobs.h"

#include "analysis/instruction/decode.h"
#include "analysis/pipeline/analyze.h"
#include "server/worker/outcome.h"
#include "server/worker/ping_reader.h"

namespace cairn::worker {
namespace {

model::CrashReport Finish(pipeline::Analysis& analysis, const GiveSymbols& give_symbols) {
  while (const std::optional<pipeline::NeedSymbols> need = analysis.Next()) {
    analysis.Provide(need->module, give_symbols(analysis.report().modules[need->module]));
  }
  return analysis.Finish();
}

}  // namespace

base::Result<std::string> ProcessReport(base::Bytes dump, const GiveSymbols& give_symbols) {
  ASSIGN_OR_RETURN(pipeline::Analysis analysis,
                   pipeline::Analysis::Create(dump, {.decode_instruction = instruction::Decode}));
  return WriteOutcome(Finish(analysis, give_symbols), std::nullopt);
}

base::Result<std::string> ProcessPing(std::string_view ping_json, const GiveSymbols& give_symbols) {
  ASSIGN_OR_RETURN(Ping ping, ReadPing(ping_json));
  pipeline::Analysis analysis = pipeline::Analysis::FromFrames(std::move(ping.report), {});
  return WriteOutcome(Finish(analysis, give_symbols), ping.facts);
}

}  // namespace cairn::worker
