// How the dumps of a report lie in the BlobStore, and in which order they come and go.
//
// The list of the dumps' names comes first and the raw crash last; what is removed goes the other way round.
// So a raw crash tells that all is there, and a list without one tells what is left of a report that is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "server/store/blob_store.h"

namespace cairn::intake {

inline constexpr std::string_view kMinidumpName = "upload_file_minidump";  // Of the process that crashed.

// The key of a report's dump of that name: [A-Za-z0-9_]+.
std::string KeyOfDump(std::string_view dump_name, std::string_view id);

// The list under "dump_names": JSON, as Antenna stores it. What is no such list reads as empty.
std::string WriteDumpNames(const std::vector<std::string>& names);
std::vector<std::string> ParseDumpNames(std::string_view json);

// The raw crash, the dumps, the list.
base::Status RemoveReport(store::BlobStore& blobs, std::string_view id,
                          const std::vector<std::string>& dump_names);

}  // namespace cairn::intake
