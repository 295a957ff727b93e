// Inflates a gzip body, never further than the server allows (limits.h).
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cairn::http {

// packed::UnpackGzip within `max_bytes` and kMaxInflateRatio.
base::Result<std::vector<std::byte>> InflateGzip(std::string_view compressed, std::size_t max_bytes);

}  // namespace cairn::http
