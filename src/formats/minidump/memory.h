// MemoryList and Memory64List streams: what the dump holds of the process's memory.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/address.h"
#include "model/diagnostics.h"
#include "model/memory_view.h"

namespace cairn::minidump {

class Memory {
 public:
  // Memory64List if it can be read, else MemoryList. Ranges whose bytes are not in the file are left out and
  // noted.
  static Memory Read(const Minidump& dump, model::Diagnostics& diagnostics);

  // As model::FindMemory.
  std::optional<model::MemoryView> Find(model::ProcessAddress address) const {
    return model::FindMemory(ranges_, address);
  }

  // Sorted by start; borrowed from the dump.
  const std::vector<model::MemoryView>& ranges() const { return ranges_; }

 private:
  std::vector<model::MemoryView> ranges_;
};

}  // namespace cairn::minidump
