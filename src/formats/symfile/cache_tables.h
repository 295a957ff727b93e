// The tables of a symbol cache while it is made, and how they become the bytes of
// docs/formats/symbol-cache.md.
#pragma once

#include <array>
#include <cstdint>
#include <memory_resource>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/result.h"
#include "formats/symfile/cache_layout.h"

namespace cairn::symfile {

// One section: numbers, or bytes.
using CacheTable = std::variant<std::vector<std::uint32_t>, std::vector<std::byte>>;

struct CacheTables {
  std::array<CacheTable, kSectionCount> tables;
  CacheTable& operator[](Section section) { return tables[static_cast<std::size_t>(section)]; }
};

// Header, section table and sections with their checksums. `bad_lines` is the number of lines that were left
// out.
std::vector<std::byte> WriteCache(const CacheTables& tables, std::uint64_t bad_lines);

// A copy that lives as long as `memory`.
std::string_view KeepText(std::string_view text, std::pmr::memory_resource& memory);

// Gives each distinct text a number. Keeps the texts.
class StringTable {
 public:
  // Texts longer than kMaxNameBytes are cut, between two characters of UTF-8.
  std::uint32_t Add(std::string_view text);

  // Writes kStrings, kStringBlocks and kStringBytes.
  void Finish(CacheTables& tables) const;

 private:
  void Grow();
  std::size_t FindBucket(std::string_view text, std::size_t hash) const;

  std::pmr::monotonic_buffer_resource memory_;  // Of the texts.
  std::vector<std::string_view> texts_;
  std::vector<std::size_t> hashes_;
  std::vector<std::uint32_t> buckets_;  // Ids or kNone; a power of two, at most half full.
};

// Gives the sparse ids of FILE and INLINE_ORIGIN records dense slots, so that a record may come behind its
// use.
class SlotTable {
 public:
  std::uint32_t SlotOf(std::uint64_t id);
  void SetString(std::uint64_t id, std::uint32_t string_id) { strings_[SlotOf(id)] = string_id; }

  // A packed table: string id + 1 per slot; 0 for an id that no record defined.
  std::vector<std::byte> Finish() &&;

 private:
  // Ids below this are looked up in an array: files number their records from 0 on.
  static constexpr std::uint64_t kMaxDirect = std::uint64_t{1} << 20;

  std::vector<std::uint32_t> direct_;
  std::unordered_map<std::uint64_t, std::uint32_t> sparse_;
  std::vector<std::uint32_t> strings_;
};

}  // namespace cairn::symfile
