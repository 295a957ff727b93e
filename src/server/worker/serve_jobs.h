// The worker's side of the socket: takes jobs, asks for symbols, writes outputs.
#pragma once

#include "base/result.h"

namespace cairn::worker {

// Serves until the other side hangs up, one job after the other.
base::Status ServeJobs(int socket);

}  // namespace cairn::worker
