#include "apps/stackwalk_options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <map>
#include <string_view>

#include "base/version.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::string_view kVerb = "stackwalk";

// The longest download that anybody can wait for.
constexpr int kMaxTimeout_s = 86'400;

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
  bool no_symbols_cache = false;
  bool debuginfod_from_environment = false;
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

void AddSymbolOptions(CLI::App& app, StackwalkOptions& options, Words& words) {
  app.add_option("--symbols-path", options.symbol_folders,
                 "Folder of symbols: NAME/DEBUGID/NAME.sym (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--symbols-url", options.symbol_urls, "Symbol server to ask, by http or https (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--symbols-cache", options.cache_folder,
                 "Folder for downloaded and compiled symbols (default: $XDG_CACHE_HOME/cairn/symbols)");
  app.add_flag("--no-symbols-cache", words.no_symbols_cache,
               "Keep nothing: look symbols up in their files, for a single walk")
      ->excludes("--symbols-cache");
  app.add_option("--symbols-tmp", options.temporary_folder,
                 "Folder for unfinished downloads (default: the cache)");
  app.add_option("--symbols-download-timeout-secs,--symbol-download-timeout-secs", options.download_timeout_s,
                 "How long a file may take (default: 1000)")
      ->check(CLI::Range(1, kMaxTimeout_s));
  app.add_option("--debuginfod", options.debuginfod_urls, "debuginfod server to ask (repeatable)")
      ->allow_extra_args(false);
  app.add_flag("--debuginfod-from-environment", words.debuginfod_from_environment,
               "Ask the debuginfod servers in $DEBUGINFOD_URLS");
  app.add_flag("--use-local-debuginfo", options.use_local_binaries,
               "Use the binaries of this machine where they are of the same build");
  app.set_version_flag("-V,--version", std::string(base::kVersionText));
  app.add_option("dump", options.dump_path, "The minidump")->required();
  app.add_option("symbols", words.more_symbol_folders, "More folders of symbols");
}

// As debuginfod's own clients read it: URLs with blanks between them.
void AddEnvironmentUrls(std::vector<std::string>& urls) {
  const char* const value = std::getenv("DEBUGINFOD_URLS");
  std::string_view rest = value != nullptr ? value : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    const std::string_view url = rest.substr(0, end);
    // Newer clients take "ima:" settings between the URLs, which are none of ours.
    if (url.starts_with("http://") || url.starts_with("https://")) urls.emplace_back(url);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

// The first URL that no server can be asked by; empty if all are good.
std::string BadUrl(const StackwalkOptions& options) {
  for (const auto* const urls : {&options.symbol_urls, &options.debuginfod_urls}) {
    for (const std::string& url : *urls) {
      if (!url.starts_with("http://") && !url.starts_with("https://")) return url;
    }
  }
  return {};
}

// The folder that was asked for or the user's; empty if it can not be made, then nothing is kept.
std::string MakeCacheFolder(std::string folder) {
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

int Complain(const std::string& message) {
  PrintError(kVerb, message);
  return kExitUsage;
}

}  // namespace

std::optional<int> ParseStackwalkOptions(const Arguments& arguments, StackwalkOptions& options) {
  CLI::App app("Turns a minidump into the stacks of its threads.", "cairn stackwalk");
  Words words;
  AddOutputOptions(app, options, words);
  AddSymbolOptions(app, options, words);
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // As CLI11 wants it.
  try {
    app.parse(reversed);
  } catch (const CLI::Success& answered) {
    return app.exit(answered);  // Help or the version was asked for.
  } catch (const CLI::ParseError& error) {
    return Complain(std::string(error.what()) + ": run it with --help");
  }
  if (const std::string url = BadUrl(options); !url.empty())
    return Complain(url + ": not the URL of a server: give one that begins with http:// or https://");
  if (words.json) options.format = StackwalkFormat::kJson;
  if (words.machine) options.format = StackwalkFormat::kMachine;
  if (words.dump) options.format = StackwalkFormat::kDump;
  options.crashing_thread_only = words.threads == "crashing";
  options.log_level = kLogLevels.at(words.log_level);
  if (words.features == "unstable-all") options.guess_arguments = true;
  options.interactive = !words.no_interactive;
  if (words.debuginfod_from_environment) AddEnvironmentUrls(options.debuginfod_urls);
  std::ranges::copy(words.more_symbol_folders, std::back_inserter(options.symbol_folders));
  const bool wants_symbols =
      !options.symbol_folders.empty() || options.asks_servers() || options.use_local_binaries;
  const bool keeps_symbols = wants_symbols && !words.no_symbols_cache;
  const std::string wanted_cache = options.cache_folder;
  options.cache_folder = keeps_symbols ? MakeCacheFolder(wanted_cache) : std::string();
  if (keeps_symbols && options.cache_folder.empty()) options.refused_cache_folder = wanted_cache;
  return std::nullopt;
}

}  // namespace cairn::apps
