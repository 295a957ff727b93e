// Numbers from 0 for texts in the order in which they come, so that a Tally can count by them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

namespace cairn::search {

class TextNumbers {
 public:
  static constexpr std::int64_t kNone = -1;

  // Numbers are given to `texts_max` texts at most.
  explicit TextNumbers(std::size_t texts_max) : texts_max_(texts_max) {}

  // From any thread: the number of each text; of a null one kNone, and texts_max of one that found no place.
  void Number(std::span<const std::string_view> texts, std::int64_t* numbers);

  // To be called once all have been numbered.
  const std::string& TextOf(std::int64_t number) const { return texts_[static_cast<std::size_t>(number)]; }

 private:
  static constexpr std::int64_t kUnknown = -2;
  std::int64_t Find(std::string_view text) const;
  std::int64_t Add(std::string_view text);

  const std::size_t texts_max_;
  std::shared_mutex mutex_;
  std::deque<std::string> texts_;                                        // GUARDED_BY(mutex_)
  boost::unordered_flat_map<std::string_view, std::int64_t> number_of_;  // GUARDED_BY(mutex_)
};

}  // namespace cairn::search
