// CrashpadInfo stream: annotations that the application left in the process.
//
// Source: Crashpad's minidump_extensions.h. Annotations come as one dictionary of the process and, per
// module, as a dictionary, a list of texts and a list of typed objects. All but the list of texts have names;
// a name that occurs twice keeps its first value, the process's before the modules'.
#pragma once

#include <map>
#include <string>

#include "formats/minidump/reader.h"
#include "model/diagnostics.h"

namespace cairn::minidump {

std::map<std::string, std::string> ReadAnnotations(const Minidump& dump, model::Diagnostics& diagnostics);

}  // namespace cairn::minidump
