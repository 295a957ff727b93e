// DistinctCount counts different things by the smallest hashes that they have, in bounded space.
//
// Counting one again changes nothing, and two counts add up to the count of both together: a crash that is
// processed twice, or a client that crashes every day, is counted once. Up to kMaxHashes the count is exact;
// beyond, the k smallest of evenly spread hashes tell how many there must be, to some 6 % (Bar-Yossef et al.,
// "Counting distinct elements in a data stream").
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::missing_symbols {

class DistinctCount {
 public:
  static constexpr std::size_t kMaxHashes = 256;

  // Of bytes that Write gave; of any others a count of what they happen to say.
  static DistinctCount Read(std::string_view bytes);
  std::string Write() const;

  // Hashes must be evenly spread: HashOf.
  void Add(std::uint64_t hash);
  void Add(const DistinctCount& other);
  // Takes one back, where it is still told from others. Whether it was there.
  bool Remove(std::uint64_t hash);

  std::uint64_t count() const;
  bool empty() const { return hashes_.empty(); }

 private:
  std::vector<std::uint64_t> hashes_;  // The smallest, rising.
};

// Evenly spread, and the same on every machine.
std::uint64_t HashOf(std::string_view text);

}  // namespace cairn::missing_symbols
