#include "model/module.h"

#include <algorithm>
#include <array>

#include "base/hex.h"

namespace cairn::model {

std::optional<DebugId> ParseDebugId(std::string_view text) {
  if (text.size() < 33 || text.size() > 40) return std::nullopt;
  std::string upper(text);
  for (char& c : upper) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))) return std::nullopt;
  }
  return DebugId{std::move(upper)};
}

DebugId DebugIdFromBuildId(base::Bytes build_id) {
  std::array<std::byte, 16> guid{};
  std::copy_n(build_id.begin(), std::min(build_id.size(), guid.size()), guid.begin());
  if (std::ranges::all_of(guid, [](std::byte b) { return b == std::byte{0}; })) return {};
  // A GUID prints its u32 and two u16 as numbers, so the bytes of each swap places.
  std::reverse(guid.begin(), guid.begin() + 4);
  std::reverse(guid.begin() + 4, guid.begin() + 6);
  std::reverse(guid.begin() + 6, guid.begin() + 8);
  return *ParseDebugId(base::BytesToHex(guid) + "0");
}

std::string_view BaseName(std::string_view path) {
  const std::size_t slash = path.find_last_of("/\\");
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace cairn::model
