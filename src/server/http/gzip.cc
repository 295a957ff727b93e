#include "server/http/gzip.h"

#include "base/byte_reader.h"
#include "formats/packed/gzip.h"
#include "server/http/limits.h"

namespace cairn::http {

base::Result<std::vector<std::byte>> InflateGzip(std::string_view compressed, std::size_t max_bytes) {
  return packed::UnpackGzip(
      base::AsBytes(compressed),
      {.max_bytes = max_bytes, .max_ratio = kMaxInflateRatio, .free_bytes = kInflateRatioFloorBytes});
}

}  // namespace cairn::http
