// Which place each of some numbers (number_set.h) has in a list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace cairn::search {

class NumberPlaces {
 public:
  static constexpr std::int64_t kNone = -1;

  // Of a number that comes twice the last place counts.
  explicit NumberPlaces(std::span<const std::int64_t> numbers) {
    for (std::size_t place = 0; place < numbers.size(); ++place) {
      const auto number = static_cast<std::size_t>(numbers[place]);
      if (number >= place_of_.size()) place_of_.resize(number + 1, kNone);
      place_of_[number] = static_cast<std::int64_t>(place);
    }
  }

  std::int64_t Of(std::int64_t number) const {
    const auto index = static_cast<std::uint64_t>(number);
    return index < place_of_.size() ? place_of_[index] : kNone;
  }

 private:
  std::vector<std::int64_t> place_of_;
};

}  // namespace cairn::search
