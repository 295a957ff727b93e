// Thread contexts: the registers at the moment of the dump.
//
// Layouts and their sources: wire/context_layout.h, and wire/minidump.h for amd64.
#pragma once

#include <optional>

#include "formats/minidump/reader.h"
#include "model/registers.h"
#include "model/system.h"

namespace cairn::minidump {

// The registers in `context`, or nothing for a CPU whose contexts are not read, a context that ends before
// its last integer register, or one whose flags name another CPU. Of two layouts for one CPU the flags
// choose. What stands behind the integer registers (floating point, extended state) is ignored and may be cut
// off.
std::optional<model::Registers> ReadContext(const Minidump& dump, base::Bytes context, model::Cpu cpu);

}  // namespace cairn::minidump
