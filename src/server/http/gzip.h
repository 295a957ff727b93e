// Inflates a gzip body, never further than it is allowed to.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace cairn::http {

// All members of a gzip file (RFC 1952), joined. kLimitExceeded past `max_bytes` or past kMaxInflateRatio,
// kBadMagic or kBadValue if it is not gzip or is broken, kTruncated if it ends early.
base::Result<std::string> InflateGzip(std::string_view compressed, std::size_t max_bytes);

}  // namespace cairn::http
