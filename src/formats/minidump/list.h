// The lists of a minidump: a u32 count, then elements of one size. Shared by threads, modules, memory and
// names.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/byte_reader.h"
#include "formats/minidump/reader.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

struct ListShape {
  std::uint32_t element_bytes = 0;
  std::uint32_t count_max = 0;
  std::string_view what;  // For diagnostics; a literal.
};

struct List {
  base::ByteReader reader;  // Stands at the first element.
  std::uint32_t count = 0;  // No more than the stream holds and the shape allows.
};

// Some writers align the elements to 8 bytes with 4 bytes of padding behind the count; the stream's size
// tells.
List OpenList(const Minidump& dump, base::Bytes stream, const ListShape& shape,
              model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
