// Raw ELF files by their build id: for debuginfod's clients (gdb, elfutils, perf), and by the symstore layout
// that symbolicators use for ELF.
//
//   /buildid/<id>/debuginfo, /executable         what has DWARF; what can be run or loaded
//   /<file>/elf-buildid-<id>/<file>              what can be run or loaded
//   /<file>/elf-buildid-sym-<id>/<file>          what has DWARF
//
// Sources are not kept, so /source/ and /section/ are always 404, which clients take for "not here".
#pragma once

#include <vector>

#include "server/http/router.h"

namespace cairn::symbols {

struct DownloadParts;

std::vector<http::Route> MakeDebuginfodRoutes(const DownloadParts& parts);

}  // namespace cairn::symbols
