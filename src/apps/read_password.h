// A new password for a verb: from the terminal, without showing it and asked for twice, or, where standard
// input is none, its first line. Never from the command line, which others on the machine can see.
#pragma once

#include <string>

#include "base/result.h"

namespace cairn::apps {

// kBadValue if the two are not the same; kIo if nothing can be read.
base::Result<std::string> ReadNewPassword();

}  // namespace cairn::apps
