// Paths of source files as symbol files have them.
#pragma once

#include <string>
#include <string_view>

namespace cairn::symgen {

// Where debug information does not say which file it is.
inline constexpr std::string_view kUnknownSource = "<unknown>";

// "build/../src/a.cc" is what build tools make of "src/a.cc"; readers and source links want the latter.
// Folders
// "." and ".." are taken out as std::filesystem::path::lexically_normal does it, in paths with slashes of
// either kind.
std::string NormalizedPath(std::string_view path);

}  // namespace cairn::symgen
