// What a request that asks for it is told of how its answer was made, in Eliot's words.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "analysis/symbolication/plan.h"
#include "analysis/symbolication/request.h"

namespace cairn::symbolication {

// Of one question of a plan. Times are in seconds.
struct ModuleTiming {
  bool is_found = false;
  bool was_open = false;               // Its cache was open already.
  std::uint64_t downloaded_bytes = 0;  // From other servers; 0: nothing was.
  double find_seconds = 0;
  double open_seconds = 0;  // And to look everything up.
};

// `timings` has one for each question. What Eliot parses and saves on the way is here done beforehand.
// "downloads" are of modules whose symbols came from another server for this request, and its failures are
// modules that nobody has; the time is what it took to find the cache.
std::string WriteDebug(const Request& request, const Plan& plan, std::span<const ModuleTiming> timings,
                       double seconds);

}  // namespace cairn::symbolication
