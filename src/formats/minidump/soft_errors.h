// MozSoftErrors stream: what went wrong while the dump was written, as JSON.
#pragma once

#include <string>
#include <string_view>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

// The JSON text, which is valid; empty if there is none. A text that is not JSON is left out and noted: it is
// printed into other JSON as it is.
std::string ReadSoftErrors(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
