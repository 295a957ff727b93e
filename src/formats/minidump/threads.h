// ThreadList and ThreadNames streams.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "formats/minidump/memory.h"
#include "formats/minidump/reader.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

struct ThreadRecord {
  std::uint32_t id = 0;
  std::string name;
  model::ProcessAddress teb;               // The thread environment block of Windows; zero elsewhere.
  model::ProcessAddress stack_start;       // As the descriptor says, even when its bytes are not in the file.
  std::optional<model::MemoryView> stack;  // The descriptor's own bytes.
  std::optional<base::Bytes> context;      // Of the system's CPU; ReadContext() reads it.
};

// In the dump's order.
std::vector<ThreadRecord> ReadThreads(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
