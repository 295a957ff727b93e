#include "handler/process_maps.h"

#include <charconv>
#include <optional>

#include "base/hex.h"

namespace cairn::handler {
namespace {

// The text up to the next blank; `line` goes on behind it.
std::string_view TakeWord(std::string_view& line) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

// "7f1b2c000000-7f1b2c021000 r-xp 0001f000 08:01 131415     /usr/lib/libfoo.so (deleted)"
std::optional<Mapping> ParseLine(std::string_view line) {
  const std::string_view range = TakeWord(line);
  const std::string_view permissions = TakeWord(line);
  const std::optional<std::uint64_t> offset = base::ParseHex(TakeWord(line));
  TakeWord(line);  // Device.
  const std::string_view inode_text = TakeWord(line);
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos || permissions.size() < 4 || !offset) return std::nullopt;
  const std::optional<std::uint64_t> start = base::ParseHex(range.substr(0, dash));
  const std::optional<std::uint64_t> end = base::ParseHex(range.substr(dash + 1));
  if (!start || !end || *start >= *end) return std::nullopt;

  Mapping mapping{.start = {*start}, .end = {*end}};
  mapping.readable = permissions[0] == 'r';
  mapping.writable = permissions[1] == 'w';
  mapping.executable = permissions[2] == 'x';
  mapping.offset = *offset;
  std::from_chars(inode_text.data(), inode_text.data() + inode_text.size(), mapping.inode);
  while (line.starts_with(' ')) line.remove_prefix(1);
  constexpr std::string_view kDeleted = " (deleted)";
  if (line.ends_with(kDeleted)) line.remove_suffix(kDeleted.size());
  mapping.path = line;
  return mapping;
}

}  // namespace

std::vector<Mapping> ParseMaps(std::string_view maps) {
  std::vector<Mapping> mappings;
  while (!maps.empty() && mappings.size() < kMaxMappings) {
    const std::size_t end = maps.find('\n');
    if (std::optional<Mapping> mapping = ParseLine(maps.substr(0, end)))
      mappings.push_back(*std::move(mapping));
    if (end == std::string_view::npos) break;
    maps.remove_prefix(end + 1);
  }
  return mappings;
}

}  // namespace cairn::handler
