// `cairn symbolicate`: names of addresses as POST /symbolicate/v5 gives them, without a server.
#pragma once

#include <iosfwd>

#include "apps/command.h"

namespace cairn::apps {

// Reads a request from stdin and writes the answer to stdout; the second form other streams. kExitProblem for
// a request that is refused: then one line says why, in the words of the API.
int RunSymbolicate(const Arguments& arguments);
int RunSymbolicate(const Arguments& arguments, std::istream& input, std::ostream& output,
                   std::ostream& errors);

}  // namespace cairn::apps
