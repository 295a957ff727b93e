// ContentHash gives the 64-bit ids of stacks and signature inputs: equal contents have equal ids, in every
// engine and for all time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace cairn::search {

class ContentHash {
 public:
  // Each part keeps its borders: Add("ab"), Add("c") differs from Add("a"), Add("bc").
  ContentHash& Add(std::string_view text);
  ContentHash& Add(std::uint64_t number);

  // As the signed number that engines store.
  std::int64_t Finish() const;

 private:
  std::string bytes_;
};

}  // namespace cairn::search
