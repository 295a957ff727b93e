#include "server/search/collection.h"

#include <utility>

namespace cairn::search {

void Collection::Add(std::span<const std::int64_t* const> columns, std::size_t rows) {
  if ((rows_ += rows) > kMaxCollectedRows) return;
  Columns* part = nullptr;
  {
    const std::lock_guard lock(mutex_);
    part = &parts_.try_emplace(std::this_thread::get_id(), columns_).first->second;
  }
  for (std::size_t i = 0; i < columns.size(); ++i) {
    (*part)[i].insert((*part)[i].end(), columns[i], columns[i] + rows);
  }
}

Collection::Columns Collection::Take() {
  Columns all(columns_);
  for (auto& [thread, part] : parts_) {
    for (std::size_t i = 0; i < columns_; ++i) {
      if (all[i].empty()) {
        all[i] = std::move(part[i]);
      } else {
        all[i].insert(all[i].end(), part[i].begin(), part[i].end());
      }
    }
  }
  return all;
}

}  // namespace cairn::search
