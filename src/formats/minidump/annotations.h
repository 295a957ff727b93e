// CrashpadInfo stream: ids of the report and of the client, and annotations that the application left in the
// process.
//
// Source: Crashpad's minidump_extensions.h. Annotations come as one dictionary of the process and, per
// module, as a dictionary, a list of texts and a list of typed objects. All but the list of texts have names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "formats/minidump/reader.h"
#include "model/crash_report.h"
#include "model/diagnostics.h"
#include "model/system.h"

namespace cairn::minidump {

// All that have names. A name that occurs twice keeps its first value, the process's before the modules'.
std::map<std::string, std::string> ReadAnnotations(const Minidump& dump, model::Diagnostics& diagnostics);

// Those of each module that has some. `os` decides which entries of the module list are modules, so that
// indexes are those of what ReadModules gives.
std::vector<model::ModuleAnnotations> ReadModuleAnnotations(const Minidump& dump, model::Os os,
                                                            model::Diagnostics& diagnostics);

struct CrashpadIds {
  std::string report_id;  // "01234567-89ab-cdef-0123-456789abcdef"; empty if it is all zero.
  std::string client_id;
  // The bits of a pointer that are its address, where the CPU signs or tags the others.
  std::optional<std::uint64_t> address_mask;
};
CrashpadIds ReadCrashpadIds(const Minidump& dump);

}  // namespace cairn::minidump
