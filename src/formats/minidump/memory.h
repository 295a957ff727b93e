// MemoryList and Memory64List streams: what the dump holds of the process's memory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/address.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

struct MemoryRange {
  model::ProcessAddress start;
  base::Bytes bytes;  // Borrowed from the dump; never wraps the address space.

  bool Contains(model::ProcessAddress address) const {
    return address >= start && address.value - start.value < bytes.size();
  }
};

class Memory {
 public:
  // Memory64List if it can be read, else MemoryList. Ranges whose bytes are not in the file are left out and
  // noted.
  static Memory Read(const Minidump& dump, model::Diagnostics& diagnostics);

  // The range that holds `address`, or nothing. Where ranges overlap, one of them.
  std::optional<MemoryRange> Find(model::ProcessAddress address) const;

  const std::vector<MemoryRange>& ranges() const { return ranges_; }  // Sorted by start.

 private:
  std::vector<MemoryRange> ranges_;
};

}  // namespace cairn::minidump
