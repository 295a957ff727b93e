// Until when the answer to a question is worth something. A search that goes on longer is interrupted
// (search_watch.h).
#pragma once

#include <atomic>
#include <cstdint>
#include <limits>
#include <memory>

#include "base/result.h"

namespace cairn::search {

struct Deadline {
  std::int64_t at_ms = std::numeric_limits<std::int64_t>::max();  // Of os::MonotonicMillis.
  std::int64_t limit_s = 0;                                       // How long that was, for the sentence.
  // Whether nobody waits for the answer any more; null: it is not known. Shared with whoever serves the
  // client and may be done with it before the search is.
  std::shared_ptr<const std::atomic<bool>> abandoned = {};

  bool IsAbandoned() const { return abandoned != nullptr && abandoned->load(std::memory_order_relaxed); }
  bool HasPassed(std::int64_t now_ms) const { return now_ms >= at_ms || IsAbandoned(); }

  // kTimeout with the limit in seconds; kUnreachable: nobody waits.
  base::Error Trouble() const {
    if (IsAbandoned()) return {base::Code::kUnreachable, 0, "whoever asked"};
    return {base::Code::kTimeout, static_cast<std::uint64_t>(limit_s), "search"};
  }
};

}  // namespace cairn::search
