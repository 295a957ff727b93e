#include "formats/symfile/symbol_path.h"

#include <algorithm>
#include <string_view>

namespace cairn::symfile {
namespace {

// What file systems hold; longer names in a dump are not names.
constexpr std::size_t kMaxNameBytes = 255;

bool EqualsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
}

bool MayBePathPart(std::string_view name) {
  const bool printable =
      std::ranges::all_of(name, [](char c) { return static_cast<unsigned char>(c) >= 0x20; });
  return !name.empty() && name.size() <= kMaxNameBytes && name != "." && name != ".." && printable;
}

}  // namespace

std::string SymbolPath(const model::Module& module) {
  // MinGW writes modules without a debug file; their symbols are filed under the code file.
  const std::string_view name =
      model::BaseName(module.debug_file.empty() ? module.code_file : module.debug_file);
  // The id comes from a dump or a ping: only one of the right form may name a folder.
  if (!MayBePathPart(name) || !model::ParseDebugId(module.debug_id.text)) return {};
  constexpr std::string_view kPdb = ".pdb";
  std::string_view stem = name;
  if (stem.size() > kPdb.size() && EqualsIgnoringCase(stem.substr(stem.size() - kPdb.size()), kPdb)) {
    stem.remove_suffix(kPdb.size());
  }
  std::string path(name);
  path.append("/").append(module.debug_id.text).append("/").append(stem).append(".sym");
  return path;
}

}  // namespace cairn::symfile
