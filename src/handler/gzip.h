// Compresses a request's body.
#pragma once

#include <cstddef>
#include <vector>

#include "base/byte_reader.h"

namespace cairn::handler {

// `bytes` in gzip's form (RFC 1952); empty if there is no memory for it.
std::vector<std::byte> Gzip(base::Bytes bytes);

}  // namespace cairn::handler
