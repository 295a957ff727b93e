#include "formats/symfile/cache_tables.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <functional>
#include <type_traits>

#include "formats/symfile/packed_table.h"
#include "formats/symfile/string_blocks.h"

namespace cairn::symfile {
namespace {

constexpr std::size_t kAlignment = 8;
constexpr std::size_t kTableEnd = kHeaderBytes + kSectionCount * kSectionEntryBytes;
static_assert(kTableEnd % kAlignment == 0);

template <typename T>
void PutAt(std::vector<std::byte>& bytes, std::size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
}

std::size_t BytesOf(const CacheTable& table) {
  return std::visit([](const auto& numbers) { return numbers.size() * sizeof(numbers[0]); }, table);
}

void CopyTo(const CacheTable& table, std::byte* target) {
  std::visit(
      [&](const auto& numbers) {
        if (!numbers.empty()) std::memcpy(target, numbers.data(), numbers.size() * sizeof(numbers[0]));
      },
      table);
}

std::size_t Aligned(std::size_t offset) { return (offset + kAlignment - 1) / kAlignment * kAlignment; }

std::string_view CutName(std::string_view text) {
  if (text.size() <= kMaxNameBytes) return text;
  std::size_t end = kMaxNameBytes;
  // At most three bytes of a character of UTF-8 follow its first.
  for (int i = 0; i < 3 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80; ++i) --end;
  return text.substr(0, end);
}

}  // namespace

std::string_view KeepText(std::string_view text, std::pmr::memory_resource& memory) {
  if (text.empty()) return {};
  auto* const kept = static_cast<char*>(memory.allocate(text.size(), alignof(char)));
  text.copy(kept, text.size());
  return {kept, text.size()};
}

std::vector<std::byte> WriteCache(const CacheTables& tables, std::uint64_t bad_lines) {
  std::size_t size = kTableEnd;
  for (const CacheTable& table : tables.tables) size = Aligned(size + BytesOf(table));
  std::vector<std::byte> cache(size);

  std::size_t offset = kTableEnd;
  for (std::size_t i = 0; i < kSectionCount; ++i) {
    const std::size_t section_bytes = BytesOf(tables.tables[i]);
    PutAt<std::uint64_t>(cache, kHeaderBytes + i * kSectionEntryBytes, offset);
    PutAt<std::uint64_t>(cache, kHeaderBytes + i * kSectionEntryBytes + 8, section_bytes);
    CopyTo(tables.tables[i], cache.data() + offset);
    offset = Aligned(offset + section_bytes);
  }

  const base::Bytes bytes(cache);
  PutAt<std::uint64_t>(cache, kMagicOffset, kCacheMagic);
  PutAt<std::uint32_t>(cache, kVersionOffset, kSymbolCacheVersion);
  PutAt<std::uint32_t>(cache, kSectionCountOffset, kSectionCount);
  PutAt<std::uint64_t>(cache, kFileSizeOffset, size);
  PutAt<std::uint64_t>(cache, kBadLinesOffset, bad_lines);
  PutAt<std::uint64_t>(cache, kBodyChecksumOffset, Checksum(bytes.subspan(kTableEnd)));
  PutAt<std::uint64_t>(cache, kTableChecksumOffset,
                       Checksum(bytes.subspan(kHeaderBytes, kTableEnd - kHeaderBytes)));
  return cache;
}

std::uint32_t StringTable::Add(std::string_view text) {
  text = CutName(text);
  if (buckets_.size() < 2 * (texts_.size() + 1)) Grow();
  const std::size_t hash = std::hash<std::string_view>{}(text);
  const std::size_t bucket = FindBucket(text, hash);
  if (buckets_[bucket] != kNone) return buckets_[bucket];
  const auto id = static_cast<std::uint32_t>(texts_.size());
  buckets_[bucket] = id;
  texts_.push_back(KeepText(text, memory_));
  hashes_.push_back(hash);
  return id;
}

// The bucket that holds `text`, or the empty one that would.
std::size_t StringTable::FindBucket(std::string_view text, std::size_t hash) const {
  const std::size_t mask = buckets_.size() - 1;
  std::size_t bucket = hash & mask;
  while (buckets_[bucket] != kNone) {
    const std::uint32_t id = buckets_[bucket];
    if (hashes_[id] == hash && texts_[id] == text) break;
    bucket = (bucket + 1) & mask;
  }
  return bucket;
}

void StringTable::Grow() {
  buckets_.assign(buckets_.empty() ? 1024 : buckets_.size() * 2, kNone);
  const std::size_t mask = buckets_.size() - 1;
  for (std::uint32_t id = 0; id < texts_.size(); ++id) {
    std::size_t bucket = hashes_[id] & mask;
    while (buckets_[bucket] != kNone) bucket = (bucket + 1) & mask;
    buckets_[bucket] = id;
  }
}

void StringTable::Finish(CacheTables& tables) const {
  PackedTableWriter<2> places;
  StringBlockWriter blocks(texts_);
  for (const std::string_view text : texts_) {
    const auto [block, position] = blocks.Add(text);
    places.Add({block, position});
  }
  blocks.Finish(tables);
  tables[Section::kStrings] = places.Finish();
}

std::vector<std::byte> SlotTable::Finish() && {
  PackedTableWriter<1> table;
  for (const std::uint32_t id : strings_) table.Add({id + 1});
  return table.Finish();
}

std::uint32_t SlotTable::SlotOf(std::uint64_t id) {
  if (id < kMaxDirect && id >= direct_.size()) direct_.resize(static_cast<std::size_t>(id) + 1, kNone);
  std::uint32_t& slot =
      id < kMaxDirect ? direct_[static_cast<std::size_t>(id)] : sparse_.try_emplace(id, kNone).first->second;
  if (slot == kNone) {
    slot = static_cast<std::uint32_t>(strings_.size());
    strings_.push_back(kNone);
  }
  return slot;
}

}  // namespace cairn::symfile
