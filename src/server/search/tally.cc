#include "server/search/tally.h"

#include <utility>

namespace cairn::search {

Tally::Tally(std::vector<std::size_t> sizes, bool is_weighed)
    : sizes_(std::move(sizes)), is_weighed_(is_weighed) {
  for (const std::size_t size : sizes_) cells_ *= size + 1;
}

Tally::Part& Tally::PartOfThisThread() {
  const std::lock_guard lock(mutex_);
  Part& part = parts_[std::this_thread::get_id()];
  if (part.crashes.empty()) {
    part.crashes.resize(cells_);
    if (is_weighed_) part.sums.resize(2 * cells_);
  }
  return part;
}

void Tally::Count(std::span<const std::int64_t* const> keys, const double* weights, std::size_t rows) {
  if (is_broken_) return;
  Part& part = PartOfThisThread();
  for (std::size_t row = 0; row < rows; ++row) {
    std::size_t cell = 0;
    for (std::size_t i = 0; i < keys.size(); ++i) {
      const auto key = static_cast<std::uint64_t>(keys[i][row] + 1);
      if (key > sizes_[i]) {
        is_broken_ = true;
        return;
      }
      cell = cell * (sizes_[i] + 1) + key;
    }
    ++part.crashes[cell];
    if (weights == nullptr) continue;
    part.sums[2 * cell] += weights[row];
    part.sums[2 * cell + 1] += weights[row] * (weights[row] - 1);
  }
}

void Tally::Join() {
  for (auto& [thread, part] : parts_) {
    if (joined_.crashes.empty()) {
      joined_ = std::move(part);
      continue;
    }
    for (std::size_t i = 0; i < part.crashes.size(); ++i) joined_.crashes[i] += part.crashes[i];
    for (std::size_t i = 0; i < part.sums.size(); ++i) joined_.sums[i] += part.sums[i];
  }
  parts_.clear();
  if (joined_.crashes.empty()) joined_.crashes.resize(cells_);
  if (is_weighed_) joined_.sums.resize(2 * cells_);
}

Tally::Range Tally::RangeOf(std::span<const std::int64_t> first_keys) const {
  Range range{0, cells_};
  for (std::size_t i = 0; i < first_keys.size(); ++i) {
    range.length /= sizes_[i] + 1;
    range.begin += static_cast<std::size_t>(first_keys[i] + 1) * range.length;
  }
  return range;
}

std::vector<std::uint64_t> Tally::CountsBelow(std::span<const std::int64_t> first_keys) const {
  const Range range = RangeOf(first_keys);
  std::vector<std::uint64_t> counts(sizes_[first_keys.size()] + 1);
  const std::size_t length = range.length / counts.size();
  const std::uint32_t* cell = joined_.crashes.data() + range.begin;
  for (std::uint64_t& count : counts) {
    for (const std::uint32_t* const end = cell + length; cell != end; ++cell) count += *cell;
  }
  return counts;
}

TallyCell Tally::SumOf(std::span<const std::int64_t> first_keys) const {
  const Range range = RangeOf(first_keys);
  TallyCell sum;
  for (std::size_t cell = range.begin; cell < range.begin + range.length; ++cell) {
    sum.crashes += joined_.crashes[cell];
    if (!is_weighed_) continue;
    sum.weight += joined_.sums[2 * cell];
    sum.variance += joined_.sums[2 * cell + 1];
  }
  return sum;
}

}  // namespace cairn::search
