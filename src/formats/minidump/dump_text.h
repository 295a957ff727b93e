// A minidump as text: header, directory and every stream, field by field. What `cairn stackwalk --dump`
// prints.
#pragma once

#include <string>

#include "base/byte_reader.h"

namespace cairn::minidump {

// Lines of valid UTF-8 without control characters. At most kMaxDumpTextBytes and a line that says so. Bytes
// that are no minidump give a line that says why.
std::string DumpText(base::Bytes dump);

}  // namespace cairn::minidump
