#include "apps/stackwalk_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>

#include "analysis/instruction/decode.h"
#include "analysis/pipeline/analyze.h"
#include "analysis/report/json.h"
#include "analysis/report/text.h"
#include "os/file.h"
#include "symbols/symbol_finder.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "stackwalk";

struct Options {
  bool json = false;
  bool human = false;
  bool pretty = false;
  bool brief = false;
  std::string threads = "all";
  std::string output_file;
  std::vector<std::string> symbol_folders;
  std::string cache_folder;
  std::string dump_path;
  std::vector<std::string> more_symbol_folders;  // Behind the dump, as old tools take them.
};

// What minidump-stackwalk has and this command has not. Refused by name, so that nobody takes silence for
// consent.
constexpr std::string_view kRefusedFlags[] = {"--use-local-debuginfo", "--recover-function-args", "--dump"};
constexpr std::string_view kRefusedOptions[] = {"--symbols-url", "--cyborg", "--raw-json", "--evil-json"};
// What it has and what makes no difference here: there is nothing to download, to log or to colour.
constexpr std::string_view kIdleFlags[] = {"--no-color", "--no-interactive"};
constexpr std::string_view kIdleOptions[] = {"--verbose", "--log-file", "--symbols-tmp",
                                             "--symbols-download-timeout-secs", "--features"};

// The command line, or the exit code if there is nothing left to do.
std::optional<int> ParseArguments(const Arguments& arguments, Options& options) {
  CLI::App app("Turns a minidump into the stacks of its threads.", "cairn stackwalk");
  auto* const json = app.add_flag("--json", options.json, "Write JSON, in the schema of minidump-stackwalk");
  app.add_flag("--human", options.human, "Write text for people (the default)")->excludes(json);
  app.add_flag("--pretty", options.pretty, "Indent the JSON");
  app.add_flag("--brief", options.brief, "Only the crashing thread");
  app.add_option("--threads", options.threads, "Whose stacks to walk")
      ->check(CLI::IsMember({"all", "crashing"}));
  app.add_option("--output-file", options.output_file, "Write here and not to stdout");
  app.add_option("--symbols-path", options.symbol_folders,
                 "Folder of symbols: NAME/DEBUGID/NAME.sym (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--symbols-cache", options.cache_folder,
                 "Folder for compiled symbols (default: $XDG_CACHE_HOME/cairn/symbols)");
  app.add_option("dump", options.dump_path, "The minidump")->required();
  app.add_option("symbols", options.more_symbol_folders, "More folders of symbols");

  bool idle_flag = false;
  std::vector<std::string> idle_values;
  std::vector<std::string> refused_values;
  std::vector<CLI::Option*> refused;
  const std::string kHidden;
  for (const std::string_view name : kIdleFlags) app.add_flag(std::string(name), idle_flag)->group(kHidden);
  for (const std::string_view name : kIdleOptions) {
    app.add_option(std::string(name), idle_values)->allow_extra_args(false)->group(kHidden);
  }
  for (const std::string_view name : kRefusedFlags) {
    refused.push_back(app.add_flag(std::string(name), idle_flag)->group(kHidden));
  }
  for (const std::string_view name : kRefusedOptions) {
    refused.push_back(
        app.add_option(std::string(name), refused_values)->allow_extra_args(false)->group(kHidden));
  }

  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // As CLI11 wants it.
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    PrintError(kVerb, std::string(error.what()) + ": run it with --help");
    return kExitUsage;
  }
  for (const CLI::Option* const option : refused) {
    if (option->count() == 0) continue;
    PrintError(kVerb, "--" + option->get_lnames().front() +
                          " is not supported: use --symbols-path with a folder of symbols");
    return kExitUsage;
  }
  std::ranges::copy(options.more_symbol_folders, std::back_inserter(options.symbol_folders));
  return std::nullopt;
}

// Where compiled symbols are kept; empty if no such folder can be made, then each run compiles anew.
std::string CacheFolder(const Options& options) {
  std::string folder = options.cache_folder;
  if (folder.empty()) {
    const char* const cache_home = std::getenv("XDG_CACHE_HOME");
    const char* const home = std::getenv("HOME");
    if (cache_home != nullptr && *cache_home == '/') {
      folder = std::string(cache_home) + "/cairn/symbols";
    } else if (home != nullptr && *home == '/') {
      folder = std::string(home) + "/.cache/cairn/symbols";
    } else {
      return {};
    }
  }
  return os::MakeDirectories(folder) ? folder : std::string();
}

// Answers what an analysis asks for, and keeps it alive.
class SymbolSource {
 public:
  explicit SymbolSource(const Options& options) {
    if (options.symbol_folders.empty()) return;
    finder_ = std::make_unique<symbols::SymbolFinder>(symbols::SymbolFinderOptions{
        .folders = options.symbol_folders, .cache_folder = CacheFolder(options)});
  }

  const model::ModuleSymbols* Find(const model::Module& module) {
    if (finder_ == nullptr) return nullptr;
    base::Result<std::unique_ptr<symbols::LoadedSymbols>> found = finder_->Find(module);
    if (!found) {
      if (found.error().code != base::Code::kNotFound) problems_.push_back(found.error());
      return nullptr;
    }
    loaded_.push_back(*std::move(found));
    return &loaded_.back()->symbols();
  }

  // Symbol files that are there and could not be used.
  const std::vector<base::Error>& problems() const { return problems_; }

 private:
  std::unique_ptr<symbols::SymbolFinder> finder_;
  std::vector<std::unique_ptr<symbols::LoadedSymbols>> loaded_;
  std::vector<base::Error> problems_;
};

base::Result<model::CrashReport> Analyze(base::Bytes dump, const Options& options) {
  ASSIGN_OR_RETURN(pipeline::Analysis analysis,
                   pipeline::Analysis::Create(dump, {.crashing_thread_only = options.threads == "crashing",
                                                     .decode_instruction = instruction::Decode}));
  SymbolSource source(options);
  while (const std::optional<pipeline::NeedSymbols> need = analysis.Next()) {
    analysis.Provide(need->module, source.Find(analysis.report().modules[need->module]));
  }
  model::CrashReport report = analysis.Finish();
  for (const base::Error& problem : source.problems())
    report.diagnostics.Add(model::Stage::kSymbols, problem);
  return report;
}

int WriteOutput(const Options& options, const std::string& text) {
  if (!options.output_file.empty()) {
    const base::Status written = os::WriteFileDurably(options.output_file, base::AsBytes(text));
    if (written) return kExitOk;
    PrintError(kVerb, options.output_file + ": " + Describe(written.error()));
    return kExitFailure;
  }
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0)
    return kExitOk;
  PrintError(kVerb, "the output could not be written");
  return kExitFailure;
}

}  // namespace

int RunStackwalk(const Arguments& arguments) {
  Options options;
  if (const std::optional<int> exit_code = ParseArguments(arguments, options)) return *exit_code;
  const base::Result<os::MappedFile> file = os::MappedFile::Open(options.dump_path);
  if (!file) {
    PrintError(kVerb, options.dump_path + ": " + Describe(file.error()));
    return ExitCodeOf(file.error());
  }
  const base::Result<model::CrashReport> report = Analyze(file->bytes(), options);
  if (!report) {
    PrintError(kVerb, options.dump_path + ": " + Describe(report.error()) + ": give a whole minidump");
    return kExitProblem;
  }
  const report::JsonOptions json{.pretty = options.pretty, .brief = options.brief, .private_texts = true};
  return WriteOutput(options, options.json ? report::RenderJson(*report, json) + "\n"
                                           : report::RenderText(*report, {.brief = options.brief}));
}

}  // namespace cairn::apps
