// `cairn crashes list|send|delete`: the reports that wait on this machine, for the person whose they are.
//
// It runs in cairn-handler, which has what sending needs; `cairn crashes` hands over to it.
#pragma once

#include "apps/command.h"

namespace cairn::apps {

// Takes the words behind "crashes".
int RunCrashes(const Arguments& arguments);

}  // namespace cairn::apps
