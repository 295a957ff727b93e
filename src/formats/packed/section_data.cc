#include "formats/packed/section_data.h"

#include <libdeflate.h>
#include <zstd.h>

#include <memory>

namespace cairn::packed {

using base::Bytes;
using base::Code;
using base::Error;
using base::Result;

Result<std::vector<std::byte>> UnpackZlib(Bytes bytes, std::uint64_t size, const UnpackLimits& limits) {
  if (!limits.Allow(bytes.size(), size)) return Error{Code::kLimitExceeded, 0, "zlib: size unpacked"};
  // All at once and of a known size, which libdeflate does in half of zlib's time.
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)> inflater(
      libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  std::vector<std::byte> unpacked(static_cast<std::size_t>(size));
  const libdeflate_result result = libdeflate_zlib_decompress(inflater.get(), bytes.data(), bytes.size(),
                                                              unpacked.data(), unpacked.size(), nullptr);
  if (result != LIBDEFLATE_SUCCESS) return Error{Code::kBadValue, 0, "zlib: data"};
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
