// The checks of `cairn doctor` on the machine and the data folder as such, without opening a store.
#pragma once

#include <cstdint>
#include <string>

#include "apps/doctor_findings.h"

namespace cairn::apps {

// Whether the folder is there and this user's alone. False: there is nothing to look at in it.
bool CheckFolder(const std::string& data, Findings& findings);
void CheckDiskSpace(const std::string& data, std::uint64_t free_min_bytes, Findings& findings);
// Measures how long a small write takes to be durable: whoever sends a report or a ping waits so long.
void CheckSyncTime(const std::string& data, Findings& findings);
void CheckOpenFiles(Findings& findings);
// By what the kernel says and by the times of the files in the folder.
void CheckClock(const std::string& data, Findings& findings);

}  // namespace cairn::apps
