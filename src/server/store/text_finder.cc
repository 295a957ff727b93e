#include "server/store/text_finder.h"

#include <algorithm>
#include <cstring>

namespace cairn::store {
namespace {

std::uint64_t FirstBytes(const char* text) {
  std::uint64_t bytes = 0;
  std::memcpy(&bytes, text, sizeof(bytes));
  return bytes;
}

// Fibonacci hashing: the upper 16 bits of a product with 2^64 divided by the golden ratio.
std::size_t MarkOf(std::uint64_t first_bytes) {
  return static_cast<std::size_t>((first_bytes * 0x9E3779B97F4A7C15U) >> 48);
}

}  // namespace

TextFinder::TextFinder(std::span<const std::string> texts) {
  for (const std::string& text : texts) {
    if (text.size() < kShortestText) continue;
    const std::uint64_t first = FirstBytes(text.data());
    texts_[first].push_back(text);
    marks_.set(MarkOf(first));
    longest_ = std::max(longest_, text.size());
  }
}

bool TextFinder::IsIn(std::string_view bytes) const {
  for (std::size_t at = 0; at + kShortestText <= bytes.size(); ++at) {
    const std::uint64_t first = FirstBytes(bytes.data() + at);
    if (!marks_.test(MarkOf(first))) continue;
    const auto found = texts_.find(first);
    if (found == texts_.end()) continue;
    for (const std::string& text : found->second) {
      if (bytes.substr(at).starts_with(text)) return true;
    }
  }
  return false;
}

}  // namespace cairn::store
