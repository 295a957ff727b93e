// The command line of `cairn stackwalk`: minidump-stackwalk's options, and more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "apps/command.h"

namespace cairn::apps {

enum class StackwalkFormat : std::uint8_t { kHuman, kJson, kMachine, kDump };

// How much is logged; each level includes those before it.
enum class LogLevel : std::uint8_t { kOff, kError, kWarn, kInfo, kDebug };

struct StackwalkOptions {
  StackwalkFormat format = StackwalkFormat::kHuman;
  bool pretty = false;
  bool brief = false;
  bool crashing_thread_only = false;
  bool guess_arguments = false;
  std::string cyborg_file;  // Takes JSON beside the text for people; empty: none.
  std::string output_file;  // Empty: stdout.
  std::string log_file;     // Empty: stderr.
  LogLevel log_level = LogLevel::kError;
  bool interactive = true;  // Progress, if stderr is a terminal.
  std::string raw_json_file;

  std::vector<std::string> symbol_folders;
  std::vector<std::string> symbol_urls;
  std::vector<std::string> debuginfod_urls;
  std::string cache_folder;          // Empty: none is wanted, or none could be made.
  std::string refused_cache_folder;  // The one that was asked for and could not be made.
  std::string temporary_folder;
  int download_timeout_s = 1000;
  bool use_local_binaries = false;

  std::string dump_path;

  bool asks_servers() const { return !symbol_urls.empty() || !debuginfod_urls.empty(); }
};

// Fills in `options`, or gives the exit code if there is nothing left to do; then all is said.
std::optional<int> ParseStackwalkOptions(const Arguments& arguments, StackwalkOptions& options);

}  // namespace cairn::apps
