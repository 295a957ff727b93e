#include "server/missing_symbols/distinct_count.h"

#include <algorithm>
#include <limits>

#include "base/byte_reader.h"
#include "server/intake/sha256.h"

namespace cairn::missing_symbols {

DistinctCount DistinctCount::Read(std::string_view bytes) {
  DistinctCount count;
  base::ByteReader reader(base::AsBytes(bytes));
  const std::size_t hashes = std::min(bytes.size() / sizeof(std::uint64_t), kMaxHashes);
  for (std::size_t i = 0; i < hashes; ++i) count.Add(reader.Read<std::uint64_t>());
  return count;
}

std::string DistinctCount::Write() const {
  std::string bytes;
  for (const std::uint64_t hash : hashes_) {
    for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(hash >> shift & 0xff);
  }
  return bytes;
}

void DistinctCount::Add(std::uint64_t hash) {
  const auto place = std::ranges::lower_bound(hashes_, hash);
  if (place != hashes_.end() && *place == hash) return;
  hashes_.insert(place, hash);
  if (hashes_.size() > kMaxHashes) hashes_.pop_back();
}

void DistinctCount::Add(const DistinctCount& other) {
  for (const std::uint64_t hash : other.hashes_) Add(hash);
}

bool DistinctCount::Remove(std::uint64_t hash) {
  const auto place = std::ranges::lower_bound(hashes_, hash);
  if (place == hashes_.end() || *place != hash) return false;
  hashes_.erase(place);
  return true;
}

std::uint64_t DistinctCount::count() const {
  if (hashes_.size() < kMaxHashes) return hashes_.size();
  // The k-th smallest of n hashes lies about k/n of the way up.
  const double part =
      static_cast<double>(hashes_.back()) / static_cast<double>(std::numeric_limits<std::uint64_t>::max());
  const double estimate = static_cast<double>(kMaxHashes - 1) / std::max(part, 1e-15);
  return std::max<std::uint64_t>(kMaxHashes, static_cast<std::uint64_t>(estimate));
}

std::uint64_t HashOf(std::string_view text) {
  intake::Sha256 hash;
  const intake::Sha256Digest digest = hash.Add(text).Finish();
  return base::ByteReader(digest).Read<std::uint64_t>();
}

}  // namespace cairn::missing_symbols
