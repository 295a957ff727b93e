// Unpacks cabinet files (Microsoft's "Cabinet File Format", [MS-CAB]), as symbol servers of Windows hold
// them: one file in one cabinet.
#pragma once

#include <cstddef>
#include <vector>

#include "base/byte_reader.h"
#include "base/result.h"
#include "formats/packed/unpack_limits.h"

namespace cairn::packed {

bool IsCabinet(base::Bytes bytes);

// The one file that the cabinet holds. Fails with kBadValue for a damaged cabinet, kUnsupported for one with
// several files or none, or a piece of a larger set, and kLimitExceeded.
base::Result<std::vector<std::byte>> UnpackCabinet(base::Bytes bytes, const UnpackLimits& limits = {});

}  // namespace cairn::packed
