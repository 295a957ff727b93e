#include "server/http/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace cairn::http {
namespace {

constexpr std::string_view kUnit = "bytes=";

std::optional<std::uint64_t> ParseNumber(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

RangeWish ParseRange(std::string_view header, std::uint64_t file_bytes) {
  const std::size_t dash = header.find('-');
  if (!header.starts_with(kUnit) || dash == std::string_view::npos) return {};
  const std::string_view first_text = header.substr(kUnit.size(), dash - kUnit.size());
  const std::string_view last_text = header.substr(dash + 1);
  const std::optional<std::uint64_t> first = ParseNumber(first_text);
  const std::optional<std::uint64_t> last = ParseNumber(last_text);
  if (!first && !first_text.empty()) return {};
  if (!last && !last_text.empty()) return {};
  if (!first && !last) return {};
  if (first && last && *last < *first) return {};
  if (!first) {  // The last so many bytes.
    if (*last == 0 || file_bytes == 0) return {.kind = RangeWish::Kind::kNowhere, .range = {}};
    return {RangeWish::Kind::kRange, {file_bytes - std::min(*last, file_bytes), file_bytes}};
  }
  if (*first >= file_bytes) return {.kind = RangeWish::Kind::kNowhere, .range = {}};
  const std::uint64_t end = last && *last < file_bytes ? *last + 1 : file_bytes;
  return {RangeWish::Kind::kRange, {*first, end}};
}

}  // namespace cairn::http
