#include "server/worker/parts.h"

#include <charconv>
#include <cstdint>

namespace cairn::worker {
namespace {

constexpr std::size_t kLengthDigits = 21;  // Of 64 bits, and the line feed.

}  // namespace

std::string JoinParts(std::span<const std::string> parts) {
  std::string text;
  std::size_t bytes = 0;
  for (const std::string& part : parts) bytes += part.size() + kLengthDigits;
  text.reserve(bytes);
  for (const std::string& part : parts) (text += std::to_string(part.size()) + "\n").append(part);
  return text;
}

base::Result<std::vector<std::string_view>> SplitParts(std::string_view text, std::size_t parts_max) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (error != std::errc() || digits == text.size() || *end != '\n' || length > text.size() - digits - 1) {
      return base::Error{base::Code::kBadValue, 0, "worker: length of a part"};
    }
    if (parts.size() == parts_max) return base::Error{base::Code::kLimitExceeded, parts_max, "worker: parts"};
    parts.push_back(text.substr(digits + 1, length));
    text.remove_prefix(digits + 1 + length);
  }
  return parts;
}

}  // namespace cairn::worker
