// Which signature each input has today, both by their numbers: kept in memory, so that crashes are counted
// by signature without reading a name.
//
// One writer; any number of readers, who read what Now() gave them. It does not change under them, but that
// inputs come to it which were not known before.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace cairn::search {

class SignatureNumbers {
 public:
  static constexpr std::int64_t kNone = -1;

  class Table {
   public:
    explicit Table(std::size_t size) : numbers_(size) {}
    std::int64_t Of(std::int64_t input) const {
      const auto place = static_cast<std::uint64_t>(input);
      if (place >= numbers_.size()) return kNone;
      return std::int64_t{numbers_[place].load(std::memory_order_relaxed)} - 1;
    }

   private:
    friend class SignatureNumbers;
    std::vector<std::atomic<std::uint32_t>> numbers_;  // One more than the number; 0: none.
  };

  // Number of an input, number of its signature or kNone.
  using Entry = std::pair<std::int64_t, std::int64_t>;

  std::shared_ptr<const Table> Now() const;
  // One more than the largest number that a signature ever had.
  std::size_t signatures() const { return signatures_; }
  void Set(std::span<const Entry> entries);
  // These and no others.
  void Reset(std::span<const Entry> entries);

 private:
  static std::shared_ptr<Table> Copy(const Table& from, std::size_t size);
  void Put(std::shared_ptr<Table> table, std::span<const Entry> entries);

  std::atomic<std::size_t> signatures_ = 0;
  mutable std::mutex mutex_;
  std::shared_ptr<Table> table_ = std::make_shared<Table>(0);  // GUARDED_BY(mutex_); changed by the writer.
};

}  // namespace cairn::search
