#include "formats/ping/ping_path.h"

#include <algorithm>
#include <charconv>

#include "formats/ping/schema_set.h"

namespace cairn::ping {
namespace {

// Behind "submit" and "telemetry", and behind "submit".
constexpr std::size_t kTelemetryElements = 6;
constexpr std::size_t kGenericElements = 4;

BadPath WrongCount(std::size_t found, std::size_t wanted) {
  const auto more = static_cast<std::ptrdiff_t>(found) - static_cast<std::ptrdiff_t>(wanted);
  return {"Found " + std::to_string(more) + " more path elements in the URI than expected for this endpoint"};
}

std::optional<int> ReadVersion(std::string_view text) {
  int version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc() || end != text.data() + text.size() || version < 0) return std::nullopt;
  return version;
}

}  // namespace

std::variant<PingPath, BadPath> ReadPingPath(const std::vector<std::string>& segments) {
  std::vector<std::string> elements = segments;
  while (!elements.empty() && elements.back().empty()) elements.pop_back();
  if (elements.empty() || elements[0] != "submit") return BadPath{"Unknown URI prefix"};
  elements.erase(elements.begin());
  // "/submit/telemetry" alone is a namespace without anything behind it.
  if (elements.size() > 1 && elements[0] == kTelemetry) {
    if (elements.size() != kTelemetryElements + 1) return WrongCount(elements.size() - 1, kTelemetryElements);
    return PingPath{.name_space = elements[0],
                    .document_id = ReadDocumentId(elements[1]),
                    .type = elements[2],
                    .app_name = elements[3],
                    .app_version = elements[4],
                    .app_channel = elements[5],
                    .app_build_id = elements[6]};
  }
  if (elements.size() != kGenericElements) return WrongCount(elements.size(), kGenericElements);
  return PingPath{.name_space = elements[0],
                  .document_id = ReadDocumentId(elements[3]),
                  .type = elements[1],
                  .version = ReadVersion(elements[2])};
}

bool IsNamespace(std::string_view text) {
  const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
  return !text.empty() && is_letter(text[0]) && std::ranges::all_of(text, [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string ReadDocumentId(std::string_view text) {
  static constexpr std::size_t kGroups[] = {8, 4, 4, 4, 12};
  std::string id;
  for (const std::size_t length : kGroups) {
    const std::size_t end = length == 12 ? text.size() : text.find('-');
    if (end == std::string_view::npos || end == 0 || end > length) return {};
    if (!id.empty()) id += '-';
    id.append(length - end, '0');
    for (char c : text.substr(0, end)) {
      if (c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
      if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return {};
      id += c;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return id;
}

}  // namespace cairn::ping
