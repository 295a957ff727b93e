#include "analysis/report/text.h"

namespace cairn::report {

std::string RenderText(const model::CrashReport& report, TextOptions) { return report.crash.reason; }

}  // namespace cairn::report
