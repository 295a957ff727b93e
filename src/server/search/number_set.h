// A set of numbers as they are given by NumberPool: a bit for each.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace cairn::search {

class NumberSet {
 public:
  void Add(std::int64_t number) {
    const auto place = static_cast<std::size_t>(number) / 64;
    if (place >= words_.size()) words_.resize(place + place / 2 + 1);
    words_[place] |= std::uint64_t{1} << (number % 64);
  }

  bool Has(std::int64_t number) const {
    const auto place = static_cast<std::uint64_t>(number) / 64;
    return place < words_.size() && (words_[place] >> (number % 64) & 1) != 0;
  }

  bool IsEmpty() const {
    return std::ranges::all_of(words_, [](std::uint64_t word) { return word == 0; });
  }

  void KeepThoseOf(const NumberSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) {
      words_[i] &= i < other.words_.size() ? other.words_[i] : 0;
    }
  }

 private:
  std::vector<std::uint64_t> words_;
};

}  // namespace cairn::search
