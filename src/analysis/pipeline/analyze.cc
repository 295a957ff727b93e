#include "analysis/pipeline/analyze.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "analysis/pipeline/read_dump.h"
#include "analysis/pipeline/read_threads.h"
#include "analysis/signature/lists.h"
#include "analysis/signature/signature.h"
#include "analysis/signature/signature_input.h"
#include "analysis/symbolize/symbolize_frame.h"
#include "analysis/unwind/address_space.h"
#include "analysis/unwind/arguments.h"
#include "analysis/unwind/symbol_set.h"
#include "analysis/unwind/walk.h"
#include "formats/minidump/reader.h"
#include "formats/native_unwind/run_time_code.h"

namespace cairn::pipeline {
namespace {

// A report's frames must fit a worker's memory, whatever a dump says: threads may share one stack, so a small
// file can hold 4,096 threads of 1,024 frames. The largest report seen, of Firefox on Android, has 9,544
// frames.
constexpr std::size_t kMaxFrames = 1u << 17;

// What their names may take together: a hostile symbol file has names of 1 MiB, 128 of them inlined into a
// frame. The largest real reports have some megabytes.
constexpr std::size_t kMaxSymbolTextBytes = std::size_t{64} << 20;

using minidump::Minidump;
using model::CrashReport;

void Sign(const AnalysisOptions& options, CrashReport& report) {
  signature::SignatureInput input = signature::SignatureInputOf(report);
  if (options.add_annotations) options.add_annotations(input);
  report.signature = signature::MakeSignature(input, signature::SignatureLists::Default());
}

}  // namespace

// The order in which threads are worked on: the one that crashed first, so that limits cut the others.
std::vector<std::uint32_t> OrderThreads(const CrashReport& report) {
  std::vector<std::uint32_t> order(report.threads.size());
  std::iota(order.begin(), order.end(), 0u);
  const std::uint32_t crashing = report.crash.thread.value_or(0);
  if (crashing < order.size()) {
    std::rotate(order.begin(), order.begin() + crashing, order.begin() + crashing + 1);
  }
  return order;
}

std::size_t TextBytes(const model::SourceLocation& location) {
  return location.function.size() + location.file.size();
}

std::size_t TextBytes(const model::Frame& frame) {
  std::size_t bytes = TextBytes(frame.location);
  for (const model::SourceLocation& inlined : frame.inlines) bytes += TextBytes(inlined);
  return bytes;
}

// What goes on between two calls of Next(). Walks point into `space` and `symbols`, so a State never moves.
struct Analysis::State {
  State(CrashReport read, const std::vector<model::MemoryMapping>& mappings, AnalysisOptions chosen)
      : report(std::move(read)),
        options(std::move(chosen)),
        order(OrderThreads(report)),
        space(report.modules, mappings),
        symbols(report.modules.size()) {}

  bool GuessesArguments() const { return options.guess_arguments && report.system.cpu == model::Cpu::kX86; }
  void StartWalks(WalkStarts starts);
  std::optional<std::uint32_t> WalkStacks();
  std::optional<std::uint32_t> SymbolizeFrames();
  void NameFrame(model::Frame& frame);

  CrashReport report;
  AnalysisOptions options;
  std::vector<std::uint32_t> order;  // Indexes of report.threads.
  unwind::AddressSpace space;
  unwind::SymbolSet symbols;
  std::vector<model::MemoryView> memory;             // What the dump holds; walks point into it.
  std::optional<native::RunTimeCode> run_time_code;  // Of Windows; points into `memory`.
  std::vector<unwind::StackMemory> stacks;  // One per thread that is walked, if arguments are wanted.
  std::vector<std::optional<unwind::StackWalk>>
      walks;                           // One per thread; empty once its frames are in the report.
  std::size_t frame_count = 0;         // Of the threads that were walked.
  std::size_t symbolized_threads = 0;  // In `order`.
  // By module and address, the first frame that was named there; threads wait in the same few places.
  std::map<std::pair<std::uint32_t, std::uint64_t>, const model::Frame*> named;
  std::size_t symbol_text_bytes = 0;  // Of the frames that have names.
  bool is_signed = false;
};

base::Result<Analysis> Analysis::Create(base::Bytes dump, AnalysisOptions options) {
  CrashReport report;
  ASSIGN_OR_RETURN(const Minidump minidump, Minidump::Open(dump, report.diagnostics));
  const DumpFacts facts = ReadDump(minidump, report);
  WalkStarts starts = ReadThreads(minidump, facts.exception, report);
  AddCrashFacts(facts, starts, options.decode_instruction, report);
  auto state = std::make_unique<State>(std::move(report), facts.regions, std::move(options));
  state->StartWalks(std::move(starts));
  return Analysis(std::move(state));
}

Analysis Analysis::FromFrames(CrashReport prewalked, AnalysisOptions options) {
  for (model::Thread& thread : prewalked.threads) {
    for (model::Frame& frame : thread.frames) {
      if (frame.module && *frame.module >= prewalked.modules.size()) frame.module.reset();
    }
  }
  return Analysis(
      std::make_unique<State>(std::move(prewalked), std::vector<model::MemoryMapping>(), std::move(options)));
}

std::optional<NeedSymbols> Analysis::Next() {
  if (const std::optional<std::uint32_t> module = state_->WalkStacks()) return NeedSymbols{*module};
  if (const std::optional<std::uint32_t> module = state_->SymbolizeFrames()) return NeedSymbols{*module};
  if (!state_->is_signed) {
    NameUnloadedModules(state_->report);
    Sign(state_->options, state_->report);
  }
  state_->is_signed = true;
  return std::nullopt;
}

void Analysis::Provide(std::uint32_t module, const model::ModuleSymbols* symbols) {
  state_->symbols.Answer(module, symbols);
  state_->report.modules.at(module).symbols =
      symbols != nullptr ? model::SymbolStatus::kLoaded : model::SymbolStatus::kMissing;
}

void Analysis::State::StartWalks(WalkStarts starts) {
  memory = std::move(starts.memory);
  if (!starts.run_time_tables.empty()) {
    run_time_code.emplace(report.system.cpu, starts.run_time_tables, memory);
  }
  walks.resize(starts.threads.size());
  if (GuessesArguments()) stacks.resize(starts.threads.size());
  for (std::size_t i = 0; i < walks.size(); ++i) {
    const WalkStart& start = starts.threads[i];
    if (!start.registers || (options.crashing_thread_only && report.crash.thread != i)) continue;
    const unwind::StackMemory stack(start.stack, model::PointerBytes(report.system.cpu), starts.order,
                                    memory);
    if (GuessesArguments()) stacks.at(i) = stack;
    walks[i].emplace(unwind::WalkInput{.os = report.system.os,
                                       .cpu = report.system.cpu,
                                       .space = space,
                                       .symbols = symbols,
                                       .stack = stack,
                                       .run_time_code = run_time_code ? &*run_time_code : nullptr},
                     *start.registers);
  }
}

// Walks all stacks; a module whose symbols are needed first, or nothing when all frames are found.
std::optional<std::uint32_t> Analysis::State::WalkStacks() {
  for (const std::uint32_t i : order) {
    if (i >= walks.size() || !walks[i]) continue;
    model::Thread& thread = report.threads[i];
    if (frame_count >= kMaxFrames) {
      report.diagnostics.Add(model::Stage::kUnwind, {base::Code::kLimitExceeded, i, "frames of all threads"});
      thread.truncated = true;
      walks[i].reset();
      continue;
    }
    if (const std::optional<std::uint32_t> module = walks[i]->Next()) return module;
    thread.truncated = walks[i]->truncated();
    thread.frames = walks[i]->TakeFrames();
    frame_count += thread.frames.size();
    if (walks[i]->wrong_tables() != 0) {
      report.diagnostics.Add(model::Stage::kUnwind,
                             {base::Code::kBadValue, i, "unwind rules that lead out of all code"});
    }
    if (thread.truncated) {
      report.diagnostics.Add(model::Stage::kUnwind, {base::Code::kLimitExceeded, i, "frames of a thread"});
    }
    walks[i].reset();
  }
  return std::nullopt;
}

// Names all frames; a module whose symbols are needed first, or nothing when all are named.
std::optional<std::uint32_t> Analysis::State::SymbolizeFrames() {
  for (; symbolized_threads < order.size(); ++symbolized_threads) {
    std::vector<model::Frame>& frames = report.threads[order[symbolized_threads]].frames;
    for (const model::Frame& frame : frames) {
      if (frame.module && !symbols.IsAnswered(*frame.module)) return frame.module;
    }
    for (model::Frame& frame : frames) {
      if (!frame.module || symbol_text_bytes > kMaxSymbolTextBytes) continue;
      NameFrame(frame);
      symbol_text_bytes += TextBytes(frame);
      if (symbol_text_bytes > kMaxSymbolTextBytes) {
        report.diagnostics.Add(model::Stage::kSymbols,
                               {base::Code::kLimitExceeded, symbol_text_bytes, "names of frames"});
      }
    }
    if (order[symbolized_threads] < stacks.size()) {
      unwind::GuessArguments(report.system.os, stacks[order[symbolized_threads]], frames);
    }
  }
  return std::nullopt;
}

// `frame` has a module whose symbols were answered for, and stays where it is.
void Analysis::State::NameFrame(model::Frame& frame) {
  const auto [known, is_new] = named.try_emplace({*frame.module, frame.instruction.value}, &frame);
  if (is_new) {
    symbolize::SymbolizeFrame(frame, report.modules[*frame.module], symbols.Get(*frame.module));
    return;
  }
  frame.location = known->second->location;
  frame.inlines = known->second->inlines;
  frame.function_offset = known->second->function_offset;
  frame.missing_symbols = known->second->missing_symbols;
}

Analysis::Analysis(std::unique_ptr<State> state) : state_(std::move(state)) {}
Analysis::Analysis(Analysis&&) noexcept = default;
Analysis& Analysis::operator=(Analysis&&) noexcept = default;
Analysis::~Analysis() = default;

const CrashReport& Analysis::report() const { return state_->report; }

CrashReport Analysis::Finish() { return std::move(state_->report); }

}  // namespace cairn::pipeline
