#include "server/accounts/source_link.h"

#include <algorithm>
#include <array>

namespace cairn::accounts {
namespace {

constexpr std::array<std::string_view, 5> kPlaceholders = {"{repository}", "{name}", "{path}", "{revision}",
                                                           "{line}"};

// Without the placeholders that there are no brace is left.
bool NamesUnknown(std::string_view url) {
  for (std::size_t open = url.find_first_of("{}"); open != std::string_view::npos;
       open = url.find_first_of("{}")) {
    url.remove_prefix(open);
    const auto begins = [url](std::string_view placeholder) { return url.starts_with(placeholder); };
    const auto* const known = std::ranges::find_if(kPlaceholders, begins);
    if (known == kPlaceholders.end()) return true;
    url.remove_prefix(known->size());
  }
  return false;
}

bool HasControlByte(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
}

}  // namespace

std::string_view MistakeIn(const SourceLink& link) {
  if (link.prefix.empty()) return "give a prefix, such as \"git:git.example.org/\"";
  if (!link.url.starts_with("https://") && !link.url.starts_with("http://"))
    return "give a url with https:// or http://";
  // Else a file's name would say where a link leads.
  const std::size_t host_end = link.url.find('/', link.url.find("://") + 3);
  if (link.url.find('{') < host_end) return "a url may have placeholders behind its host only";
  if (link.url.find("{path}") == std::string::npos) return "a url needs {path}";
  if (NamesUnknown(link.url)) return "a url may name {repository}, {name}, {path}, {revision} and {line}";
  if (HasControlByte(link.prefix) || HasControlByte(link.url)) return "it has a control byte";
  return {};
}

}  // namespace cairn::accounts
