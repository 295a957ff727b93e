#include "formats/packed/section_data.h"

#define ZLIB_CONST  // zlib does not write to its input, and then says so.
#include <zlib.h>
#include <zstd.h>

namespace cairn::packed {

using base::Bytes;
using base::Code;
using base::Error;
using base::Result;

Result<std::vector<std::byte>> UnpackZlib(Bytes bytes, std::uint64_t size, const UnpackLimits& limits) {
  if (!limits.Allow(bytes.size(), size)) return Error{Code::kLimitExceeded, 0, "zlib: size unpacked"};
  std::vector<std::byte> unpacked(static_cast<std::size_t>(size));
  auto written = static_cast<uLongf>(size);
  auto taken = static_cast<uLong>(bytes.size());
  const int state = uncompress2(static_cast<Bytef*>(static_cast<void*>(unpacked.data())), &written,
                                static_cast<const Bytef*>(static_cast<const void*>(bytes.data())), &taken);
  if (state != Z_OK || written != size) return Error{Code::kBadValue, taken, "zlib: data"};
  return unpacked;
}

Result<std::vector<std::byte>> UnpackZstd(Bytes bytes, std::uint64_t size, const UnpackLimits& limits) {
  if (!limits.Allow(bytes.size(), size)) return Error{Code::kLimitExceeded, 0, "zstd: size unpacked"};
  std::vector<std::byte> unpacked(static_cast<std::size_t>(size));
  const std::size_t written = ZSTD_decompress(unpacked.data(), unpacked.size(), bytes.data(), bytes.size());
  if (ZSTD_isError(written) != 0 || written != size) return Error{Code::kBadValue, 0, "zstd: data"};
  return unpacked;
}

}  // namespace cairn::packed
