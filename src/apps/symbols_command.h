// `cairn symbols check` and `cairn symbols compile`: what a symbol file holds, what is wrong with it, and its
// compiled form.
#pragma once

#include <iosfwd>

#include "apps/command.h"

namespace cairn::apps {

// Reads each file, a Breakpad symbol file or a compiled cache, and says in a line what it holds. Each line of
// a symbol file that can not be read is one line on stderr, and the exit code is kExitProblem.
int RunSymbolsCheck(const Arguments& arguments);
int RunSymbolsCheck(const Arguments& arguments, std::ostream& output, std::ostream& errors);

// Compiles each symbol file and prints the path of its cache. Lines that can not be read are left out and
// counted; they are no failure.
int RunSymbolsCompile(const Arguments& arguments);
int RunSymbolsCompile(const Arguments& arguments, std::ostream& output, std::ostream& errors);

}  // namespace cairn::apps
