// `cairn ping signature`: the signatures of pings in files, as a server with these symbols would give them.
#pragma once

#include <iosfwd>

#include "apps/command.h"

namespace cairn::apps {

int RunPingSignature(const Arguments& arguments);

// As above, with somewhere else to write.
int SignPings(const Arguments& arguments, std::ostream& output, std::ostream& errors);

}  // namespace cairn::apps
