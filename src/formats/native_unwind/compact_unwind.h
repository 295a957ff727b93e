// CompactUnwind finds a function's entry in __unwind_info, the unwind table of Mach-O files.
//
// Source: Apple's <mach-o/compact_unwind_encoding.h>. A first level says which page holds which functions;
// pages are regular (an encoding beside each function) or compressed (an index into the encodings of all
// pages or of this one). Every offset and count is untrusted. The table borrows its bytes and is immutable.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/byte_reader.h"
#include "model/address.h"

namespace cairn::native {

struct CompactEntry {
  model::ModuleOffset start;
  std::uint64_t size = 0;  // To the next entry; it may reach into other code that has none.
  std::uint32_t encoding = 0;
};

class CompactUnwind {
 public:
  explicit CompactUnwind(base::Bytes section, std::endian order = std::endian::little)
      : section_(section), order_(order) {}

  std::optional<CompactEntry> Find(model::ModuleOffset offset) const;

  // All entries in their order, for a table that is printed whole.
  std::vector<CompactEntry> Entries() const;

 private:
  // Half-open, as offsets in the module.
  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
  };

  std::uint32_t NumberAt(std::uint64_t offset) const;
  std::optional<CompactEntry> FindInRegularPage(std::uint64_t page, const Range& range,
                                                model::ModuleOffset offset) const;
  std::optional<CompactEntry> FindInCompressedPage(std::uint64_t page, const Range& range,
                                                   model::ModuleOffset offset) const;

  base::Bytes section_;
  std::endian order_;
};

}  // namespace cairn::native
