// `cairn stackwalk`: a dump to a stack, as JSON or as text.
#pragma once

#include "apps/command.h"

namespace cairn::apps {

int RunStackwalk(const Arguments& arguments);

}  // namespace cairn::apps
