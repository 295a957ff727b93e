#include "analysis/symgen/source_path.h"

#include <vector>

namespace cairn::symgen {
namespace {

bool IsSlash(char c) { return c == '/' || c == '\\'; }

// Whether a part is "", "." or "..": most paths have none and stay as they are.
bool NeedsWork(std::string_view path) {
  for (std::size_t i = 0; i + 1 < path.size(); ++i) {
    if (IsSlash(path[i]) && (IsSlash(path[i + 1]) || path[i + 1] == '.')) return true;
  }
  return path.starts_with("./") || path.starts_with("../");
}

}  // namespace

std::string NormalizedPath(std::string_view path) {
  if (!NeedsWork(path)) return std::string(path);
  const bool windows = path.find('/') == std::string_view::npos;
  const char slash = windows ? '\\' : '/';
  const auto is_slash = [windows](char c) { return c == '/' || (windows && c == '\\'); };
  // Two slashes at the start are the name of a machine on Windows.
  std::string root;
  while (!path.empty() && is_slash(path.front())) {
    if (root.size() < (windows ? 2 : 1)) root += slash;
    path.remove_prefix(1);
  }
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    std::size_t end = 0;
    while (end < path.size() && !is_slash(path[end])) ++end;
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(end < path.size() ? end + 1 : end);
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (part != ".." || root.empty()) {
      parts.push_back(part);
    }
  }
  std::string normal = root;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) normal += slash;
    normal += parts[i];
  }
  return normal;
}

}  // namespace cairn::symgen
