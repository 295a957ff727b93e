#include "server/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <vector>

#include "server/http/limits.h"

namespace cairn::http {
namespace {

using base::Code;
using base::Error;

constexpr std::size_t kBlockBytes = 256 << 10;
constexpr int kGzipWindowBits = 16 + MAX_WBITS;  // zlib.h, inflateInit2: 16 asks for a gzip header.

bool TooDense(std::size_t inflated, std::size_t compressed) {
  return inflated > kInflateRatioFloorBytes && inflated / kMaxInflateRatio > compressed;
}

// zlib takes a pointer to bytes that it does not write through.
Bytef* InputOf(std::string_view text) {
  return static_cast<Bytef*>(const_cast<void*>(static_cast<const void*>(text.data())));
}

base::Result<std::string> Inflate(z_stream& stream, std::string_view compressed, std::size_t max_bytes) {
  std::string inflated;
  std::vector<char> block(kBlockBytes);
  stream.next_in = InputOf(compressed);
  stream.avail_in = static_cast<uInt>(compressed.size());
  for (;;) {
    stream.next_out = static_cast<Bytef*>(static_cast<void*>(block.data()));
    stream.avail_out = static_cast<uInt>(block.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t consumed = compressed.size() - stream.avail_in;
    inflated.append(block.data(), block.size() - stream.avail_out);
    if (inflated.size() > max_bytes) return Error{Code::kLimitExceeded, consumed, "gzip: inflated size"};
    if (TooDense(inflated.size(), consumed))
      return Error{Code::kLimitExceeded, consumed, "gzip: inflate ratio"};
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) return inflated;
      inflateReset(&stream);  // Another member follows.
    } else if (result == Z_BUF_ERROR || (result == Z_OK && stream.avail_in == 0 && stream.avail_out != 0)) {
      return Error{Code::kTruncated, consumed, "gzip"};
    } else if (result != Z_OK) {
      return Error{Code::kBadValue, consumed, "gzip"};
    }
  }
}

}  // namespace

base::Result<std::string> InflateGzip(std::string_view compressed, std::size_t max_bytes) {
  if (compressed.size() > kMaxSymbolUploadBytes)
    return Error{Code::kLimitExceeded, 0, "gzip: compressed size"};
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindowBits) != Z_OK) return Error{Code::kLimitExceeded, 0, "gzip: memory"};
  base::Result<std::string> result = Inflate(stream, compressed, max_bytes);
  inflateEnd(&stream);
  return result;
}

}  // namespace cairn::http
