// A Collection keeps rows of whole numbers that the engine's threads give it: faster than a temporary table,
// into which one thread alone writes, and only for what fits into memory at once.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace cairn::search {

// Of all threads together: with three columns some 24 MB.
inline constexpr std::size_t kMaxCollectedRows = 1'000'000;

class Collection {
 public:
  explicit Collection(std::size_t columns) : columns_(columns) {}

  // `columns[i][row]`; each as many as the constructor said, and an absent number as -1.
  void Add(std::span<const std::int64_t* const> columns, std::size_t rows);

  // Whether there were more rows than it keeps, so that some are missing.
  bool is_full() const { return rows_ > kMaxCollectedRows; }

  // All rows, in no order, column by column. To be called once all have added.
  std::vector<std::vector<std::int64_t>> Take();

 private:
  using Columns = std::vector<std::vector<std::int64_t>>;

  std::size_t columns_;
  std::atomic<std::size_t> rows_ = 0;
  std::mutex mutex_;
  std::map<std::thread::id, Columns> parts_;  // GUARDED_BY(mutex_)
};

}  // namespace cairn::search
