// `cairn serve`: every role in one process, with the embedded stores.
#pragma once

#include "apps/server_config.h"

namespace cairn::apps {

// Serves until SIGTERM or SIGINT. An exit code. Call it while there is one thread.
int Serve(const LoadedConfig& loaded);

}  // namespace cairn::apps
