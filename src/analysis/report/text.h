// RenderText writes a CrashReport for people: the crash first, then the crashing thread, the others, the
// modules.
#pragma once

#include <string>

#include "model/crash_report.h"

namespace cairn::report {

struct TextOptions {
  bool brief = false;  // Only the crash and the crashing thread.
};

std::string RenderText(const model::CrashReport& report, TextOptions options = {});

}  // namespace cairn::report
