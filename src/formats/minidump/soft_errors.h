// MozSoftErrors stream: what went wrong while the dump was written, as JSON.
#pragma once

#include <string>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// One JSON value, nested no deeper than kMaxJsonDepth, on one line without blanks; empty if there is none. It
// is printed into other JSON as it is, so a text that is no JSON is left out and noted.
std::string ReadSoftErrors(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
