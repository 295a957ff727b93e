#include "analysis/signature/name_cache.h"

#include <algorithm>
#include <cstring>

namespace cairn::signature {
namespace {

std::uint64_t Word(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}

std::uint64_t Mix(std::uint64_t hash, std::uint64_t word) {
  hash ^= hash >> 32;
  return (hash ^ word) * 0x9e3779b97f4a7c15;
}

// Eight bytes a step, of which the last ones may overlap those before.
std::uint64_t HashOf(std::string_view text) {
  std::uint64_t hash = Mix(0, text.size());
  if (text.size() < 8) {
    std::array<char, 8> padded{};
    std::ranges::copy(text, padded.begin());
    return Mix(hash, Word(padded.data()));
  }
  for (std::size_t at = 0; at + 8 < text.size(); at += 8) hash = Mix(hash, Word(text.data() + at));
  return Mix(hash, Word(text.data() + text.size() - 8));
}

}  // namespace

NameCache::Entry* NameCache::Find(std::string_view function, bool is_rust) {
  const std::uint64_t hash = Mix(HashOf(function), is_rust ? 1 : 2);
  // The upper bits of a product depend on all bits below them.
  place_ = hash >> (64 - kPlaceBits);
  mark_ = static_cast<std::uint32_t>(hash >> 16) | 1;
  if (marks_[place_].kept == mark_) {
    Entry& entry = entries_[place_];
    if (entry.is_rust == is_rust && entry.Function() == function) {
      ++hits_;
      return &entry;
    }
  }
  ++misses_;
  return nullptr;
}

NameCache::Entry* NameCache::Offer(std::string_view function, bool is_rust, std::string_view normalized) {
  Mark& mark = marks_[place_];
  if (mark.offered != mark_) {
    mark.offered = mark_;
    return nullptr;
  }
  if (function.size() + normalized.size() > kTextBytes) return nullptr;
  mark.kept = mark_;
  Entry& entry = entries_[place_];
  if (++fills_ == 0) ++fills_;
  entry.fill = fills_;
  entry.function_bytes = static_cast<std::uint16_t>(function.size());
  entry.normalized_bytes = static_cast<std::uint16_t>(normalized.size());
  entry.is_rust = is_rust;
  entry.has_tags = false;
  std::ranges::copy(function, entry.text.begin());
  std::ranges::copy(normalized, entry.text.begin() + entry.function_bytes);
  return &entry;
}

}  // namespace cairn::signature
