// A piece of the crashed process's memory, borrowed from where a dump holds it.
#pragma once

#include "base/byte_reader.h"
#include "model/address.h"

namespace cairn::model {

// [start, start + bytes.size()) does not wrap.
struct MemoryView {
  ProcessAddress start;
  base::Bytes bytes;

  bool Contains(std::uint64_t address) const {
    return address >= start.value && address - start.value < bytes.size();
  }
};

}  // namespace cairn::model
