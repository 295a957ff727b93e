#include "apps/symbol_options.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "os/file.h"
#include "os/process.h"

namespace cairn::apps {
namespace {

// The longest download that anybody can wait for.
constexpr int kMaxTimeout_s = 86'400;

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
std::string BadUrl(const SymbolOptions& options) {
  for (const auto* const urls : {&options.urls, &options.debuginfod_urls}) {
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

}  // namespace

void AddSymbolOptions(CLI::App& app, SymbolOptions& options, SymbolWords& words) {
  app.add_option("--symbols-path", options.folders, "Folder of symbols: NAME/DEBUGID/NAME.sym (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--symbols-url", options.urls, "Symbol server to ask, by http or https (repeatable)")
      ->allow_extra_args(false);
  app.add_option("--symbols-cache", options.cache_folder,
                 "Folder for downloaded and compiled symbols (default: $XDG_CACHE_HOME/cairn/symbols)");
  app.add_flag("--no-symbols-cache", words.no_cache,
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
}

std::string FinishSymbolOptions(const SymbolWords& words, SymbolOptions& options) {
  if (const std::string url = BadUrl(options); !url.empty())
    return url + ": not the URL of a server: give one that begins with http:// or https://";
  if (words.debuginfod_from_environment) AddEnvironmentUrls(options.debuginfod_urls);
  const bool keeps_symbols = options.looks_anywhere() && !words.no_cache;
  const std::string wanted_cache = options.cache_folder;
  options.cache_folder = keeps_symbols ? MakeCacheFolder(wanted_cache) : std::string();
  if (keeps_symbols && options.cache_folder.empty()) options.refused_cache_folder = wanted_cache;
  return {};
}

std::vector<std::string> UselessFolders(const SymbolOptions& options) {
  std::vector<std::string> sentences;
  for (const std::string& folder : options.folders) {
    std::error_code error;
    const std::filesystem::directory_iterator opened(folder, error);
    if (!error) continue;
    sentences.push_back(folder + ": " + error.message() +
                        ": no symbols come of it: give a folder that can be read");
  }
  if (!options.refused_cache_folder.empty()) {
    sentences.push_back(options.refused_cache_folder +
                        ": the folder can not be made: symbols are not kept: choose another");
  }
  return sentences;
}

symbols::SymbolFinderOptions FinderOptionsOf(const SymbolOptions& options) {
  return {.folders = options.folders,
          .cache_folder = options.cache_folder,
          .urls = options.urls,
          .debuginfod_urls = options.debuginfod_urls,
          .use_local_binaries = options.use_local_binaries,
          .symgen_program = os::ExecutableFolder() + "/cairn-symgen",
          .temporary_folder = options.temporary_folder,
          .download_timeout_ms = options.download_timeout_s * 1000,
          .may_connect = {},
          .on_event = {},
          .cancelled = nullptr};
}

}  // namespace cairn::apps
