// NameCache remembers what functions are called once they are normalised, and what the lists say of that.
//
// Crashes of one program name the same functions again and again, and taking a name apart costs several times
// what finding it here does. The cache has a fixed size. A function is kept when it comes for the second
// time, in the place of another one: most that come once come once only. It belongs to one set of lists, and
// to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cairn::signature {

class NameCache {
 public:
  static constexpr unsigned kPlaceBits = 13;
  static constexpr std::size_t kPlaces = std::size_t{1} << kPlaceBits;  // 2 MiB of entries.
  static constexpr std::size_t kTextBytes =
      240;  // Of a function and its normal form together; longer ones are not kept.

  struct Entry {
    std::uint32_t fill = 0;  // Changes each time the entry is taken; 0: it never was.
    std::uint16_t function_bytes = 0;
    std::uint16_t normalized_bytes = 0;
    bool is_rust = false;
    bool has_tags = false;
    std::uint8_t tags = 0;                // Of the normal form, if they are known (has_tags).
    std::array<char, kTextBytes> text{};  // The function, and its normal form.

    std::string_view Function() const { return {text.data(), function_bytes}; }
    std::string_view Normalized() const { return {text.data() + function_bytes, normalized_bytes}; }
  };

  // The entry of a function; nullptr if it is not kept.
  Entry* Find(std::string_view function, bool is_rust);

  // Tells what the function that Find was asked for last is called. Gives the entry if it is kept now.
  Entry* Offer(std::string_view function, bool is_rust, std::string_view normalized);

  std::uint64_t hits() const { return hits_; }
  std::uint64_t misses() const { return misses_; }

 private:
  // What is in a place, by a part of its hash: small, so that a miss touches no entry.
  struct Mark {
    std::uint32_t kept = 0;     // 0: nothing.
    std::uint32_t offered = 0;  // The function that came last and was not kept.
  };

  std::vector<Mark> marks_ = std::vector<Mark>(kPlaces);
  std::vector<Entry> entries_ = std::vector<Entry>(kPlaces);
  std::size_t place_ = 0;   // Of the function that Find was asked for last,
  std::uint32_t mark_ = 0;  // and its mark.
  std::uint32_t fills_ = 0;
  std::uint64_t hits_ = 0;
  std::uint64_t misses_ = 0;
};

}  // namespace cairn::signature
