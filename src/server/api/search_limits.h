// How long searches may take: past that they are interrupted, and the caller is told to narrow them.
#pragma once

#include <cstdint>

namespace cairn::api {

struct SearchLimits {
  std::int64_t seconds = 30;
  std::int64_t long_seconds = 300;  // Of who has run_long_queries.
};

}  // namespace cairn::api
