// Where a command looks for symbols, and the options of a command line that say so: the same for every
// command that names frames.
#pragma once

#include <string>
#include <vector>

#include "symbols/symbol_finder.h"

namespace CLI {
class App;
}

namespace cairn::apps {

struct SymbolOptions {
  std::vector<std::string> folders;
  std::vector<std::string> urls;
  std::vector<std::string> debuginfod_urls;
  std::string cache_folder;          // Empty: none is wanted, or none could be made.
  std::string refused_cache_folder;  // The one that was asked for and could not be made.
  std::string temporary_folder;
  int download_timeout_s = 1000;
  bool use_local_binaries = false;

  bool asks_servers() const { return !urls.empty() || !debuginfod_urls.empty(); }
  bool looks_anywhere() const { return !folders.empty() || asks_servers() || use_local_binaries; }
};

// What the command line says beyond them.
struct SymbolWords {
  bool no_cache = false;
  bool debuginfod_from_environment = false;
};

// Both must outlive the parsing.
void AddSymbolOptions(CLI::App& app, SymbolOptions& options, SymbolWords& words);

// Completes the options once the command line is read; makes the cache folder. Empty, or what is wrong.
std::string FinishSymbolOptions(const SymbolWords& words, SymbolOptions& options);

// A sentence for each folder that was asked for and is of no use. Without them there is still an answer, but
// not the one that was hoped for.
std::vector<std::string> UselessFolders(const SymbolOptions& options);

// For a finder; its callbacks are left empty.
symbols::SymbolFinderOptions FinderOptionsOf(const SymbolOptions& options);

}  // namespace cairn::apps
