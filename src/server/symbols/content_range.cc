#include "server/symbols/content_range.h"

#include <charconv>
#include <limits>

namespace cairn::symbols {
namespace {

constexpr std::string_view kUnit = "bytes ";

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = error == std::errc() && end == text.data() + text.size();
  if (!is_whole || number > std::numeric_limits<std::int64_t>::max()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<ContentRange> ParseContentRange(std::string_view header) {
  const std::size_t slash = header.find('/');
  if (!header.starts_with(kUnit) || slash == std::string_view::npos) return std::nullopt;
  const std::string_view range = header.substr(kUnit.size(), slash - kUnit.size());
  const std::string_view total = header.substr(slash + 1);
  ContentRange read;
  if (total != "*") {
    read.total = ParseNumber(total);
    if (!read.total) return std::nullopt;
  }
  if (range == "*") {
    read.is_question = true;
    return read;
  }
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = ParseNumber(range.substr(0, dash));
  const auto last = ParseNumber(range.substr(dash + 1));
  if (!first || !last || *last < *first || (read.total && *last >= *read.total)) return std::nullopt;
  read.begin = *first;
  read.end = *last + 1;
  return read;
}

}  // namespace cairn::symbols
