// Unpacks zlib (RFC 1950) and Zstandard (RFC 8878) data whose size is told beside it, as object files tell
// that of their compressed sections.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/packed/unpack_limits.h"

namespace cairn::packed {

// kLimitExceeded before anything is reserved if `size` is more than the limits allow, kBadValue if the data
// are damaged or have another size.
base::Result<std::vector<std::byte>> UnpackZlib(base::Bytes bytes, std::uint64_t size,
                                                const UnpackLimits& limits = {});
base::Result<std::vector<std::byte>> UnpackZstd(base::Bytes bytes, std::uint64_t size,
                                                const UnpackLimits& limits = {});

}  // namespace cairn::packed
