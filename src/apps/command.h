// What every verb of the front door `cairn` shares: how it is called and what it gives back.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::apps {

// What scripts rely on.
enum ExitCode : int {
  kExitOk = 0,
  kExitProblem = 1,  // The input has a problem.
  kExitUsage = 2,    // The command line is wrong.
  kExitFailure = 3,  // A server or the file system failed.
};

// The words behind the verb.
using Arguments = std::vector<std::string>;

// One line on stderr: "cairn stackwalk: crash.dmp: not a minidump: give ...".
inline void PrintError(std::string_view verb, std::string_view message) {
  const std::string line = "cairn " + std::string(verb) + ": " + std::string(message) + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

// The exit code for an error on reading or writing.
inline ExitCode ExitCodeOf(const base::Error& error) {
  const bool is_io = error.code == base::Code::kIo || error.code == base::Code::kNotFound;
  return is_io ? kExitFailure : kExitProblem;
}

}  // namespace cairn::apps
