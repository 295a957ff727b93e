#include "server/search/text_numbers.h"

#include <mutex>

namespace cairn::search {

std::int64_t TextNumbers::Find(std::string_view text) const {
  const auto found = number_of_.find(text);
  if (found != number_of_.end()) return found->second;
  return texts_.size() < texts_max_ ? kUnknown : static_cast<std::int64_t>(texts_max_);
}

std::int64_t TextNumbers::Add(std::string_view text) {
  if (const std::int64_t number = Find(text); number != kUnknown) return number;
  const auto number = static_cast<std::int64_t>(texts_.size());
  number_of_.emplace(texts_.emplace_back(text), number);
  return number;
}

void TextNumbers::Number(std::span<const std::string_view> texts, std::int64_t* numbers) {
  bool all_known = true;
  {
    const std::shared_lock lock(mutex_);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      if (texts[i].data() == nullptr) {
        numbers[i] = kNone;
      } else {
        // Rows that come together are often alike.
        const bool is_same = i > 0 && numbers[i - 1] != kNone && texts[i] == texts[i - 1];
        numbers[i] = is_same ? numbers[i - 1] : Find(texts[i]);
        all_known = all_known && numbers[i] != kUnknown;
      }
    }
  }
  if (all_known) return;
  const std::unique_lock lock(mutex_);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (numbers[i] == kUnknown) numbers[i] = Add(texts[i]);
  }
}

}  // namespace cairn::search
