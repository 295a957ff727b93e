// Any text as a tracker's answer: states are only of bugs that were asked for.
#include "server/bugs/tracker.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace cairn::bugs;
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  const std::vector<std::string> bugs = {"1", "2"};
  for (const TrackerKind kind :
       {TrackerKind::kBugzilla, TrackerKind::kGithub, TrackerKind::kGitlab, TrackerKind::kJira}) {
    const std::span<const std::string> asked = std::span(bugs).first(kind == TrackerKind::kBugzilla ? 2 : 1);
    for (const auto& [bug, state] : ReadStates(kind, asked, text).value_or(States())) {
      if (std::ranges::find(asked, bug) == asked.end()) std::abort();
    }
  }
  return 0;
}
