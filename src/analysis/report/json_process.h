// What the JSON report says of the process and its system beside threads and modules.
#pragma once

#include "analysis/report/json_fields.h"
#include "model/crash_report.h"

namespace cairn::report {

// "system_info".
void WriteSystemInfo(JsonFields& fields, const model::SystemInfo& system);

// "unloaded_modules", "handles", "lsb_release", "proc_limits", "mac_crash_info", "mac_boot_args",
// "soft_errors" and "system_memory"; each is null if the dump does not tell. Names of handles and the texts
// of programs may be private: they are null unless `with_private_texts`.
void WriteProcessFacts(JsonFields& fields, const model::CrashReport& report, bool with_private_texts);

}  // namespace cairn::report
