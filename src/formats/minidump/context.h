// Thread contexts: the registers at the moment of the dump.
#pragma once

#include <optional>

#include "formats/minidump/reader.h"
#include "model/registers.h"
#include "model/system.h"

namespace cairn::minidump {

// The registers in `context`, or nothing for a CPU whose contexts are not read, a context that is too short,
// or one whose flags name another CPU. Extended state (XSAVE) behind the fixed part is ignored.
std::optional<model::Registers> ReadContext(const Minidump& dump, base::Bytes context, model::Cpu cpu);

}  // namespace cairn::minidump
