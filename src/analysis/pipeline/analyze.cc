#include "analysis/pipeline/analyze.h"

#include <utility>

namespace cairn::pipeline {

struct Analysis::State {
  model::CrashReport report;
};

base::Result<Analysis> Analysis::Create(base::Bytes dump, AnalysisOptions) {
  if (base::ByteReader(dump).Read<std::uint32_t>() != 0x504d444d) {
    return base::Error{base::Code::kBadMagic, 0, "minidump"};
  }
  return Analysis(std::make_unique<State>());
}

Analysis Analysis::FromFrames(model::CrashReport prewalked, AnalysisOptions) {
  auto state = std::make_unique<State>();
  state->report = std::move(prewalked);
  return Analysis(std::move(state));
}

Analysis::Analysis(std::unique_ptr<State> state) : state_(std::move(state)) {}
Analysis::Analysis(Analysis&&) noexcept = default;
Analysis& Analysis::operator=(Analysis&&) noexcept = default;
Analysis::~Analysis() = default;

std::optional<NeedSymbols> Analysis::Next() { return std::nullopt; }
void Analysis::Provide(std::uint32_t, const model::ModuleSymbols*) {}
const model::CrashReport& Analysis::report() const { return state_->report; }
model::CrashReport Analysis::Finish() { return std::move(state_->report); }

}  // namespace cairn::pipeline
