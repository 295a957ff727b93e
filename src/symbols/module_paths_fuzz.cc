// Any names and ids that a dump may give a module, one a line: none leads out of the folder or the server
// that it is joined to.
#include "symbols/module_paths.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace cairn;

std::string TakeLine(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string line(text.substr(0, end));
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

// Three parts, none of which a file system takes for anything but a name.
void CheckPath(const std::string& path) {
  std::string_view rest = path;
  for (int parts = 1;; ++parts) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    const bool has_control =
        std::ranges::any_of(part, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (part.empty() || part == "." || part == ".." || has_control) std::abort();
    if (part.size() == rest.size()) {
      if (parts != 3) std::abort();
      return;
    }
    rest.remove_prefix(part.size() + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(static_cast<const char*>(static_cast<const void*>(data)), size);
  model::Module module;
  module.code_file = TakeLine(text);
  module.code_id = TakeLine(text);
  module.debug_file = TakeLine(text);
  module.debug_id.text = TakeLine(text);
  const std::string key = symbols::ModuleKey(module);
  if (!key.empty()) CheckPath(key);
  for (const std::string& path : symbols::SymbolFilePaths(module)) CheckPath(path);
  for (const std::string& path : symbols::BinaryPaths(module)) CheckPath(path);
  const std::string url = symbols::SymbolUrlPath(module);
  if (std::ranges::any_of(url, [](char c) { return c <= 0x20 || c > 0x7e; })) std::abort();
  if (!url.empty()) CheckPath(url.substr(0, url.find('?')));
  if (symbols::BuildId(module).find('/') != std::string::npos) std::abort();
  return 0;
}
