// A minidump as text: header, directory and every stream, field by field. What `cairn stackwalk --dump`
// prints.
#pragma once

#include <string>

#include "base/byte_reader.h"

namespace cairn::minidump {

struct DumpTextOptions {
  bool without_bytes = false;  // Blocks of bytes in hex are left out.
};

// Lines of valid UTF-8 without control characters. At most kMaxDumpTextBytes and a line that says so. Bytes
// that are no minidump give a line that says why.
std::string DumpText(base::Bytes dump, DumpTextOptions options = {});

}  // namespace cairn::minidump
