#include "server/search/signature_numbers.h"

#include <algorithm>

namespace cairn::search {

std::shared_ptr<const SignatureNumbers::Table> SignatureNumbers::Now() const {
  const std::lock_guard lock(mutex_);
  return table_;
}

std::shared_ptr<SignatureNumbers::Table> SignatureNumbers::Copy(const Table& from, std::size_t size) {
  auto table = std::make_shared<Table>(size);
  for (std::size_t i = 0; i < std::min(size, from.numbers_.size()); ++i) {
    table->numbers_[i].store(from.numbers_[i].load(std::memory_order_relaxed), std::memory_order_relaxed);
  }
  return table;
}

void SignatureNumbers::Put(std::shared_ptr<Table> table, std::span<const Entry> entries) {
  for (const auto& [input, signature] : entries) {
    signatures_ = std::max<std::size_t>(signatures_, static_cast<std::size_t>(signature + 1));
    table->numbers_[static_cast<std::size_t>(input)].store(static_cast<std::uint32_t>(signature + 1),
                                                           std::memory_order_relaxed);
  }
  const std::lock_guard lock(mutex_);
  table_ = std::move(table);
}

void SignatureNumbers::Set(std::span<const Entry> entries) {
  std::shared_ptr<Table> table = table_;
  std::size_t size = table->numbers_.size();
  bool changes = false;
  for (const auto& [input, signature] : entries) {
    const auto needed = static_cast<std::size_t>(input) + 1;
    if (needed > size) size = std::max(needed, 2 * size);
    const std::int64_t present = table->Of(input);
    changes |= present != kNone && present != signature;
  }
  if (changes || size > table->numbers_.size()) table = Copy(*table, size);
  Put(std::move(table), entries);
}

void SignatureNumbers::Reset(std::span<const Entry> entries) {
  std::size_t size = 0;
  for (const auto& [input, signature] : entries) size = std::max(size, static_cast<std::size_t>(input) + 1);
  Put(std::make_shared<Table>(size), entries);
}

}  // namespace cairn::search
