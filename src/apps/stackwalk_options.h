// The command line of `cairn stackwalk`: minidump-stackwalk's options, and more.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "apps/command.h"
#include "apps/symbol_options.h"

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

  SymbolOptions symbols;
  std::string dump_path;
};

// Fills in `options`, or gives the exit code if there is nothing left to do; then all is said.
std::optional<int> ParseStackwalkOptions(const Arguments& arguments, StackwalkOptions& options);

}  // namespace cairn::apps
