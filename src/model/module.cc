#include "model/module.h"

#include <algorithm>
#include <array>

#include "base/hex.h"

namespace cairn::model {

std::optional<DebugId> ParseDebugId(std::string_view text) {
  if (text.size() < 33 || text.size() > 40) return std::nullopt;
  constexpr std::size_t kGuidDigits = 32;
  std::string id(text);
  for (std::size_t i = 0; i < id.size(); ++i) {
    char& c = id[i];
    if (i < kGuidDigits && c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    if (i >= kGuidDigits && c >= 'A' && c <= 'F') c = static_cast<char>(c - 'A' + 'a');
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f'))) return std::nullopt;
  }
  return DebugId{std::move(id)};
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
