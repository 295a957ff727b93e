// What a request that asks for it is told of how its answer was made, in Eliot's words.
#pragma once

#include <span>
#include <string>

#include "analysis/symbolication/plan.h"
#include "analysis/symbolication/request.h"

namespace cairn::symbolication {

// Of one question of a plan. Times are in seconds.
struct ModuleTiming {
  bool is_found = false;
  bool was_open = false;  // Its cache was open already.
  double find_seconds = 0;
  double open_seconds = 0;  // And to look everything up.
};

// `timings` has one for each question. What Eliot downloads, parses and saves on the way is here done
// beforehand, or counted as "downloads" with the time that it took to find the cache.
std::string WriteDebug(const Request& request, const Plan& plan, std::span<const ModuleTiming> timings,
                       double seconds);

}  // namespace cairn::symbolication
