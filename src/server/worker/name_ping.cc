#include "server/worker/name_ping.h"

#include <optional>
#include <utility>

#include "server/worker/ping_reader.h"

namespace cairn::worker {

std::function<void(signature::SignatureInput&)> Adding(const Annotations& annotations) {
  return [annotations = PickSignatureAnnotations(annotations)](signature::SignatureInput& input) {
    AddSignatureAnnotations(annotations, input);
  };
}

model::CrashReport Finish(pipeline::Analysis& analysis, const GiveSymbols& give_symbols) {
  while (const std::optional<pipeline::NeedSymbols> need = analysis.Next()) {
    analysis.Provide(need->module, give_symbols(analysis.report().modules[need->module]));
  }
  return analysis.Finish();
}

base::Result<model::CrashReport> NamePing(std::string_view json, const GiveSymbols& give_symbols) {
  ASSIGN_OR_RETURN(Ping ping, ReadPing(json));
  pipeline::Analysis analysis = pipeline::Analysis::FromFrames(
      std::move(ping.report), {.add_annotations = Adding(ping.facts.annotations)});
  return Finish(analysis, give_symbols);
}

}  // namespace cairn::worker
