// Any text as a question about stacks: it is refused in words, or has frames with conditions within the
// limits.
#include "server/api/stack_parameter.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn;
  const auto parsed = api::ParseStackText({static_cast<const char*>(static_cast<const void*>(data)), size});
  if (const auto* const problem = std::get_if<std::string>(&parsed)) {
    if (problem->empty()) std::abort();
    return 0;
  }
  const auto& steps = std::get<std::vector<search::StackStep>>(parsed);
  if (steps.empty() || steps.size() > search::kMaxStackSteps) std::abort();
  for (const search::StackStep& step : steps) {
    if (step.tests.empty()) std::abort();
  }
  return 0;
}
