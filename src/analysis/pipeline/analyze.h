// Analysis turns a dump (or the stack of a ping) into a CrashReport. It is the one way in: server, command
// line, client and fuzzers all run it.
//
// It does no I/O. Symbols are fetched between steps: Next() runs until it needs those of a module and says
// which; its caller looks for them where it likes and calls Provide(), until Next() has nothing more to ask:
//
//   ASSIGN_OR_RETURN(Analysis analysis, Analysis::Create(dump, {}));
//   while (const std::optional<NeedSymbols> need = analysis.Next()) {
//     analysis.Provide(need->module, Find(analysis.report().modules[need->module]));
//   }
//   const model::CrashReport report = analysis.Finish();
//
// Each module is asked for once at most. An Analysis belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "analysis/crash/instruction.h"
#include "analysis/signature/signature_input.h"
#include "base/byte_reader.h"
#include "base/result.h"
#include "model/crash_report.h"
#include "model/module_symbols.h"

namespace cairn::pipeline {

struct AnalysisOptions {
  bool crashing_thread_only = false;  // Other threads are listed without frames.
  bool guess_arguments = false;       // Of functions on x86 (analysis/unwind/arguments.h).
  // Takes the crashing instruction apart (analysis/instruction); null: it is not looked at. It is given from
  // outside so that the client's handler needs no disassembler.
  crash::InstructionDecoder decode_instruction = nullptr;
  // Adds to the signature's input what the annotations of a submission say; empty: there are none.
  std::function<void(signature::SignatureInput& input)> add_annotations;
};

struct NeedSymbols {
  std::uint32_t module = 0;  // Index into report().modules.
};

class Analysis {
 public:
  // Reads the dump's streams. `dump` is borrowed until Finish. An Error means that the bytes are no minidump
  // at all; anything less is in the report's diagnostics.
  static base::Result<Analysis> Create(base::Bytes dump, AnalysisOptions options);

  // For stacks that were walked elsewhere (pings): threads hold frames with instruction, module and trust;
  // only names and the signature are made.
  static Analysis FromFrames(model::CrashReport prewalked, AnalysisOptions options);

  Analysis(Analysis&&) noexcept;
  Analysis& operator=(Analysis&&) noexcept;
  ~Analysis();

  // Works until symbols are needed; nothing when all is done.
  std::optional<NeedSymbols> Next();

  // The answer to NeedSymbols; nullptr: there are none. Borrowed until Finish.
  void Provide(std::uint32_t module, const model::ModuleSymbols* symbols);

  // What is known so far; modules are complete from the start.
  const model::CrashReport& report() const;

  // The report. Call it once, when Next() gave nothing.
  model::CrashReport Finish();

 private:
  struct State;
  explicit Analysis(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cairn::pipeline
