// TextFinder tells whether any of many texts occurs in bytes, at the cost of looking for one.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cairn::store {

class TextFinder {
 public:
  // Texts of fewer bytes are passed over.
  static constexpr std::size_t kShortestText = 8;

  explicit TextFinder(std::span<const std::string> texts);

  bool IsIn(std::string_view bytes) const;
  std::size_t longest() const { return longest_; }

 private:
  static constexpr std::size_t kMarks = std::size_t{1} << 16;

  std::unordered_map<std::uint64_t, std::vector<std::string>> texts_;  // By their first eight bytes.
  std::bitset<kMarks> marks_;  // Of those, so that nearly all of what is looked at needs no more.
  std::size_t longest_ = 0;
};

}  // namespace cairn::store
