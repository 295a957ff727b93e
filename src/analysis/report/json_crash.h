// "crash_info" of the JSON report.
#pragma once

#include "analysis/report/json_fields.h"
#include "model/crash_facts.h"

namespace cairn::report {

void WriteCrashInfo(JsonFields& fields, const model::CrashFacts& crash);

}  // namespace cairn::report
