// How a command reads its words with CLI11, whose exceptions end here.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <ostream>
#include <string_view>
#include <vector>

#include "apps/command.h"

namespace cairn::apps {

// Nothing if the command goes on, else its exit code: help was asked for and printed, or the words are wrong
// and that is said behind `prefix` ("cairn ping check: ").
inline std::optional<int> ParseArguments(CLI::App& app, const Arguments& arguments, std::string_view prefix,
                                         std::ostream& output, std::ostream& errors) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());  // As CLI11 wants it.
  try {
    app.parse(reversed);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help, output, errors);
  } catch (const CLI::ParseError& error) {
    errors << prefix << error.what() << ": run it with --help\n";
    return kExitUsage;
  }
  return std::nullopt;
}

}  // namespace cairn::apps
