// Any text as what a submission knows of a crash.
#include "apps/raw_json.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const auto raw = apps::ReadRawJson({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (!raw) return 0;
  model::CrashReport report;
  report.modules.push_back({.code_file = "/usr/lib/libfoo.so"});
  apps::AddRawJson(*raw, report);
  return 0;
}
