// A piece of the crashed process's memory, borrowed from where a dump holds it.
#pragma once

#include <optional>
#include <span>

#include "base/byte_reader.h"
#include "model/address.h"

namespace cairn::model {

// [start, start + bytes.size()) does not wrap.
struct MemoryView {
  ProcessAddress start;
  base::Bytes bytes;

  bool Contains(ProcessAddress address) const {
    return address >= start && address.value - start.value < bytes.size();
  }
  // The bytes from `address` on, which must be contained.
  base::Bytes From(ProcessAddress address) const {
    return bytes.subspan(static_cast<std::size_t>(address.value - start.value));
  }
};

// The view that holds `address`, or nothing. Views are sorted by start and may overlap: then one of them.
std::optional<MemoryView> FindMemory(std::span<const MemoryView> views, ProcessAddress address);

}  // namespace cairn::model
