#include "apps/crash_ids_input.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "apps/command.h"
#include "os/file.h"

namespace cairn::apps {
namespace {

constexpr std::size_t kMaxInputBytes = 64 << 20;  // A million ids.

}  // namespace

bool TakeIdsOfInput(std::string_view verb, std::vector<std::string>& ids) {
  const auto dash = std::ranges::find(ids, "-");
  if (dash == ids.end()) return true;
  ids.erase(dash);
  const base::Result<std::string> text = os::ReadAll(STDIN_FILENO, kMaxInputBytes);
  if (!text) {
    PrintError(verb, "standard input: " + base::Describe(text.error()));
    return false;
  }
  for (std::size_t start = 0; start < text->size();) {
    const std::size_t end = std::min(text->find('\n', start), text->size());
    std::string id = text->substr(start, end - start);
    id.erase(id.find_last_not_of(" \t\r") + 1);
    if (!id.empty()) ids.push_back(std::move(id));
    start = end + 1;
  }
  return true;
}

}  // namespace cairn::apps
