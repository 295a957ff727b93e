// `cairn ping check`: whether pings in files are what their schemas want.
#pragma once

#include <iosfwd>

#include "apps/command.h"

namespace cairn::apps {

int RunPingCheck(const Arguments& arguments);

// As above, with somewhere else to write.
int CheckPings(const Arguments& arguments, std::ostream& output, std::ostream& errors);

}  // namespace cairn::apps
