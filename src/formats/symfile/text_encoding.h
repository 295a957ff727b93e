// UTF-16 text as UTF-8, with what Windows' tools do to symbol files in mind.
#pragma once

#include <bit>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/byte_reader.h"

namespace cairn::symfile {

// The byte order of a UTF-16 symbol file: by its byte order mark, or because it begins with "MODULE" in two
// bytes a character. Nothing for other text.
std::optional<std::endian> FindUtf16Order(base::Bytes text);

// Without the byte order mark. A half of a pair without its other becomes U+FFFD; an odd last byte is left
// out.
std::vector<std::byte> DecodeUtf16(base::Bytes text, std::endian order);

}  // namespace cairn::symfile
