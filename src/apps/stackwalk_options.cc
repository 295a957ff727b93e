#include "apps/stackwalk_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>

#include "base/version.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "stackwalk";

const std::map<std::string, LogLevel> kLogLevels = {{"off", LogLevel::kOff},     {"error", LogLevel::kError},
                                                    {"warn", LogLevel::kWarn},   {"info", LogLevel::kInfo},
                                                    {"debug", LogLevel::kDebug}, {"trace", LogLevel::kDebug}};

// What the command line says beyond StackwalkOptions.
struct Words {
  bool json = false;
  bool human = false;
  bool machine = false;
  bool dump = false;
  bool no_color = false;
  bool no_interactive = false;
  SymbolWords symbols;
  std::string threads = "all";
  std::string log_level = "error";
  std::string features;
  std::vector<std::string> more_symbol_folders;  // Behind the dump, as old tools take them.
};

void AddOutputOptions(CLI::App& app, StackwalkOptions& options, Words& words) {
  auto* const json = app.add_flag("--json", words.json, "Write JSON, in the schema of minidump-stackwalk");
  auto* const human = app.add_flag("--human", words.human, "Write text for people (the default)");
  auto* const dump = app.add_flag("--dump", words.dump, "Write what the dump holds, stream by stream");
  auto* const machine =
      app.add_flag("--machine", words.machine, "Write the lines of Breakpad's minidump_stackwalk -m");
  human->excludes(json);
  machine->excludes(json)->excludes(human);
  dump->excludes(json)->excludes(human)->excludes(machine);
  app.add_option("--cyborg", options.cyborg_file, "Write text for people, and JSON to this file")
      ->excludes(json)
      ->excludes(machine)
      ->excludes(dump);
  app.add_flag("--pretty", options.pretty, "Indent the JSON");
  app.add_flag("--brief", options.brief, "Only the crashing thread; of --dump no bytes in hex");
  app.add_option("--threads", words.threads, "Whose stacks to walk")
      ->check(CLI::IsMember({"all", "crashing"}));
  app.add_flag("--recover-function-args", options.guess_arguments,
               "Guess what functions were called with; on x86, in the text for people");
  app.add_option("--output-file", options.output_file, "Write here and not to stdout");
  app.add_option("--log-file", options.log_file, "Log here and not to stderr");
  app.add_option("--verbose", words.log_level, "How much to log (default: error)")
      ->check(CLI::IsMember({"off", "error", "warn", "info", "debug", "trace"}));
  app.add_flag("--no-interactive", words.no_interactive, "Show no progress on a terminal");
  app.add_flag("--no-color", words.no_color, "Nothing is ever coloured");
  app.add_option("--features", words.features,
                 "How much to find out: unstable-all is --recover-function-args, the others change nothing")
      ->check(CLI::IsMember({"stable-basic", "stable-all", "unstable-all"}));
  app.add_option("--raw-json,--evil-json", options.raw_json_file,
                 "JSON of the submission: signers of modules, microcode of the CPU");
}

void AddInputs(CLI::App& app, StackwalkOptions& options, Words& words) {
  app.set_version_flag("-V,--version", std::string(base::kVersionText));
  app.add_option("dump", options.dump_path, "The minidump")->required();
  app.add_option("symbols", words.more_symbol_folders, "More folders of symbols");
}

int Complain(const std::string& message) {
  PrintError(kVerb, message);
  return kExitUsage;
}

}  // namespace

std::optional<int> ParseStackwalkOptions(const Arguments& arguments, StackwalkOptions& options) {
  CLI::App app("Turns a minidump into the stacks of its threads.", "cairn stackwalk");
  Words words;
  AddOutputOptions(app, options, words);
  AddSymbolOptions(app, options.symbols, words.symbols);
  AddInputs(app, options, words);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // As CLI11 wants it.
  try {
    app.parse(reversed);
  } catch (const CLI::Success& answered) {
    return app.exit(answered);  // Help or the version was asked for.
  } catch (const CLI::ParseError& error) {
    return Complain(std::string(error.what()) + ": run it with --help");
  }
  std::ranges::copy(words.more_symbol_folders, std::back_inserter(options.symbols.folders));
  if (const std::string wrong = FinishSymbolOptions(words.symbols, options.symbols); !wrong.empty())
    return Complain(wrong);
  if (words.json) options.format = StackwalkFormat::kJson;
  if (words.machine) options.format = StackwalkFormat::kMachine;
  if (words.dump) options.format = StackwalkFormat::kDump;
  options.crashing_thread_only = words.threads == "crashing";
  options.log_level = kLogLevels.at(words.log_level);
  if (words.features == "unstable-all") options.guess_arguments = true;
  options.interactive = !words.no_interactive;
  return std::nullopt;
}

}  // namespace cairn::apps
