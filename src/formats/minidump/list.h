// The lists of a minidump: a u32 count, then elements of one size. Shared by threads, modules, memory and
// names.
#pragma once

#include <bit>
#include <cstddef>
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

// The lists that begin with the size of their header and of their entries, so that both may grow: handles,
// unloaded modules, memory regions, thread infos.
struct SizedListShape {
  std::uint32_t element_bytes_min = 0;  // The fields that are read; entries may be longer.
  std::uint32_t count_max = 0;
  std::uint32_t count_bytes = sizeof(std::uint32_t);  // 8 in MINIDUMP_MEMORY_INFO_LIST.
  std::string_view what;                              // For diagnostics; a literal.
};

struct SizedList {
  base::Bytes entries;
  std::uint32_t entry_bytes = 0;
  std::uint32_t count = 0;  // No more than the stream holds and the shape allows.
  std::endian order = std::endian::little;
  std::size_t header_bytes = 0;

  // `index` must be below `count`.
  base::ByteReader Entry(std::uint32_t index) const {
    return base::ByteReader(entries.subspan(std::size_t{index} * entry_bytes, entry_bytes), order);
  }
  std::size_t EntryOffset(std::uint32_t index) const {
    return header_bytes + std::size_t{index} * entry_bytes;
  }
};

// An empty list if the header is broken, which is noted.
SizedList OpenSizedList(const Minidump& dump, base::Bytes stream, const SizedListShape& shape,
                        model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
