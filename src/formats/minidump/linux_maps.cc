#include "formats/minidump/linux_maps.h"

#include <optional>
#include <string_view>

#include "base/hex.h"
#include "formats/minidump/limits.h"

namespace cairn::minidump {
namespace {

// "7f0000000000-7f0000001000 r-xp 00000000 08:01 123 /lib/x.so", proc_pid_maps(5).
std::optional<model::MemoryMapping> ParseMapping(std::string_view line) {
  const std::size_t dash = line.find('-');
  const std::size_t blank = line.find(' ');
  if (dash == std::string_view::npos || blank == std::string_view::npos || dash > blank) return std::nullopt;
  const std::optional<std::uint64_t> start = base::ParseHex(line.substr(0, dash));
  const std::optional<std::uint64_t> end = base::ParseHex(line.substr(dash + 1, blank - dash - 1));
  const std::string_view permissions = line.substr(blank + 1, 4);
  if (!start || !end || *start > *end || permissions.size() < 3) return std::nullopt;
  return model::MemoryMapping{.start = {*start},
                              .end = {*end},
                              .readable = permissions[0] == 'r',
                              .writable = permissions[1] == 'w',
                              .executable = permissions[2] == 'x'};
}

}  // namespace

std::vector<model::MemoryMapping> ReadLinuxMaps(const Minidump& dump, model::Diagnostics& diagnostics) {
  std::vector<model::MemoryMapping> mappings;
  const std::optional<base::Bytes> stream = dump.Stream(wire::StreamType::kLinuxMaps);
  if (!stream) return mappings;
  const std::string_view text = base::AsText(*stream);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (mappings.size() == kMaxLinuxMappings) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kLimitExceeded, at, "memory mappings"});
      break;
    }
    if (const std::optional<model::MemoryMapping> mapping = ParseMapping(line)) {
      mappings.push_back(*mapping);
    } else if (line.find_first_not_of(std::string_view("\0 \r", 3)) != std::string_view::npos) {
      diagnostics.Add(model::Stage::kMinidump, {base::Code::kBadValue, at, "memory mapping"});
    }
    at = end + 1;
  }
  return mappings;
}

}  // namespace cairn::minidump
