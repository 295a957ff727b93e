// `cairn-symgen --convert`, as the server starts it for a file that somebody uploaded: makes its symbols in
// the worker's sandbox.
#pragma once

#include <string>

namespace cairn::apps {

// From worker/protocol.h's kSocketFd on, in this order: the file; where the symbol text goes; if
// `has_debug_file`, the file with its debug information. `name` is what crash reports call the debug file,
// unless the file says. Exit codes as of all commands; with kExitProblem the output holds the reason as one
// sentence.
int ConvertInSandbox(const std::string& name, bool has_debug_file);

}  // namespace cairn::apps
