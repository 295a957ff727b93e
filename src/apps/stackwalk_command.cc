#include "apps/stackwalk_command.h"

#include <cstdio>
#include <memory>
#include <optional>

#include "analysis/instruction/decode.h"
#include "analysis/pipeline/analyze.h"
#include "analysis/report/json.h"
#include "analysis/report/machine.h"
#include "analysis/report/text.h"
#include "apps/raw_json.h"
#include "apps/stackwalk_options.h"
#include "apps/stackwalk_symbols.h"
#include "formats/minidump/dump_text.h"
#include "formats/minidump/reader.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "stackwalk";

// Submissions' annotations have some kilobytes, 16 MiB at most.
constexpr std::size_t kMaxRawJsonBytes = std::size_t{16} << 20;

base::Result<model::CrashReport> Analyze(base::Bytes dump, const StackwalkOptions& options,
                                         StackwalkLog& log) {
  ASSIGN_OR_RETURN(pipeline::Analysis analysis,
                   pipeline::Analysis::Create(dump, {.crashing_thread_only = options.crashing_thread_only,
                                                     .guess_arguments = options.guess_arguments,
                                                     .decode_instruction = instruction::Decode}));
  StackwalkSymbols symbols(options, log);
  symbols.FetchAhead(dump, analysis.report());
  while (const std::optional<pipeline::NeedSymbols> need = analysis.Next()) {
    analysis.Provide(need->module, symbols.Find(analysis.report(), need->module));
  }
  model::CrashReport report = analysis.Finish();
  symbols.Complete(report);
  if (symbols.has_unwritten_caches())
    log.Write(LogLevel::kError, options.symbols.cache_folder +
                                    ": not all symbols could be kept there, the next walk reads them again: "
                                    "check its space and who may write");
  return report;
}

int WriteFile(const std::string& path, const std::string& text) {
  const base::Status written = os::WriteOutput(path, base::AsBytes(text));
  if (written) return kExitOk;
  PrintError(kVerb, path + ": " + Describe(written.error()) + ": choose a place that can be written");
  return kExitFailure;
}

int WriteOutput(const StackwalkOptions& options, const std::string& text) {
  if (!options.output_file.empty()) return WriteFile(options.output_file, text);
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return kExitOk;
  PrintError(kVerb, "the output could not be written: check where it leads to");
  return kExitFailure;
}

int WriteReport(const StackwalkOptions& options, const model::CrashReport& report) {
  report::JsonOptions json{.pretty = options.pretty, .private_texts = true};
  if (options.format == StackwalkFormat::kJson) {
    json.brief = options.brief;  // Beside a text, it is the text that is brief.
    return WriteOutput(options, report::RenderJson(report, json) + "\n");
  }
  if (options.format == StackwalkFormat::kMachine) return WriteOutput(options, report::RenderMachine(report));
  if (!options.cyborg_file.empty()) {
    const int exit_code = WriteFile(options.cyborg_file, report::RenderJson(report, json) + "\n");
    if (exit_code != kExitOk) return exit_code;
  }
  return WriteOutput(options, report::RenderText(report, {.brief = options.brief}));
}

// Nothing to add is no error; a file that can not be read or understood is, and its exit code is given.
std::optional<int> ReadRawJsonFile(const std::string& path, RawJson& raw) {
  if (path.empty()) return std::nullopt;
  const base::Result<std::string> text = os::ReadFile(path, kMaxRawJsonBytes);
  const base::Result<RawJson> read = text ? ReadRawJson(*text) : base::Result<RawJson>(text.error());
  if (read) {
    raw = *read;
    return std::nullopt;
  }
  PrintError(kVerb, path + ": " + Describe(read.error()) + ": give a file with a JSON object");
  return ExitCodeOf(read.error());
}

int Complain(const std::string& path, const base::Error& error, std::string_view advice) {
  PrintError(kVerb, std::string(path).append(": ").append(Describe(error)).append(": ").append(advice));
  return ExitCodeOf(error);
}

int WriteDump(const StackwalkOptions& options, base::Bytes dump) {
  model::Diagnostics ignored;  // The text tells them itself.
  if (const auto opened = minidump::Minidump::Open(dump, ignored); !opened)
    return Complain(options.dump_path, opened.error(), "give a whole minidump");
  return WriteOutput(options, minidump::DumpText(dump, {.without_bytes = options.brief}));
}

}  // namespace

int RunStackwalk(const Arguments& arguments) {
  StackwalkOptions options;
  if (const std::optional<int> exit_code = ParseStackwalkOptions(arguments, options)) return *exit_code;
  const base::Result<std::unique_ptr<StackwalkLog>> log = StackwalkLog::Create(options);
  if (!log) return Complain(options.log_file, log.error(), "choose a place that can be written");
  for (const std::string& sentence : UselessFolders(options.symbols))
    (*log)->Write(LogLevel::kError, sentence);
  RawJson raw;
  if (const std::optional<int> exit_code = ReadRawJsonFile(options.raw_json_file, raw)) return *exit_code;
  const base::Result<os::MappedFile> file = os::MappedFile::Open(options.dump_path);
  if (!file) return Complain(options.dump_path, file.error(), "check the path");
  if (options.format == StackwalkFormat::kDump) return WriteDump(options, file->bytes());
  base::Result<model::CrashReport> report = Analyze(file->bytes(), options, **log);
  if (!report) return Complain(options.dump_path, report.error(), "give a whole minidump");
  AddRawJson(raw, *report);
  (*log)->ClearProgress();
  return WriteReport(options, *report);
}

}  // namespace cairn::apps
