// Unpacks gzip files (RFC 1952), which may have several members.
#pragma once

#include <cstddef>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/packed/unpack_limits.h"

namespace cairn::packed {

bool IsGzip(base::Bytes bytes);

// Fails with kTruncated where the file ends early, kBadValue where it is damaged and kLimitExceeded. What
// follows the last member is ignored, as gzip does.
base::Result<std::vector<std::byte>> UnpackGzip(base::Bytes bytes, const UnpackLimits& limits = {});

}  // namespace cairn::packed
