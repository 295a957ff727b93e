#include "handler/gzip.h"

#include <zlib.h>

namespace cairn::handler {
namespace {

constexpr int kGzipWindowBits = 15 + 16;  // zlib.h: 16 more asks for gzip's header and trailer.
constexpr int kMemoryLevel = 8;           // zlib's default.

// zlib asks for bytes that it does not change, without saying const.
Bytef* AsBytef(const std::byte* bytes) {
  return const_cast<Bytef*>(static_cast<const Bytef*>(static_cast<const void*>(bytes)));
}

}  // namespace

std::vector<std::byte> Gzip(base::Bytes bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindowBits, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return {};
  }
  // Dumps and pings are bounded far below 4 GiB, so one call does it.
  std::vector<std::byte> compressed(deflateBound(&stream, bytes.size()));
  stream.next_in = AsBytef(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = AsBytef(compressed.data());
  stream.avail_out = static_cast<uInt>(compressed.size());
  const bool whole = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  compressed.resize(whole ? stream.total_out : 0);
  deflateEnd(&stream);
  return compressed;
}

}  // namespace cairn::handler
