#include "formats/symfile/string_blocks.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include <zstd.h>

namespace cairn::symfile {
namespace {

// Higher levels take three times as long for a seventh less.
constexpr int kCompressionLevel = 3;

// A block below this is stored as it is: making a compressor takes longer than to compile the few records of
// one address, which SymbolText does for each lookup.
constexpr std::size_t kMinCompressedBytes = 2048;

// A block is closed once it has reached the target, so it is at most one text longer.
constexpr std::uint64_t kMaxBlockBytes = kStringBlockTarget + kMaxNameBytes;

// Threads that ask for texts of different blocks seldom wait for each other.
constexpr std::size_t kShards = 4;

// A block that was inflated.
struct InflatedBlock {
  std::uint32_t number = kNone;
  std::uint64_t last_use = 0;
  std::string text;
};

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeInflater {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

}  // namespace

struct StringBlockWriter::Compressor {
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context;  // Made when first needed.
};

StringBlockWriter::StringBlockWriter() : compressor_(std::make_unique<Compressor>()) {}
StringBlockWriter::~StringBlockWriter() = default;

std::pair<std::uint32_t, std::uint32_t> StringBlockWriter::Add(std::string_view text) {
  if (pending_.size() >= kStringBlockTarget) WriteBlock();
  const auto position = static_cast<std::uint32_t>(pending_.size());
  pending_ += text;
  return {static_cast<std::uint32_t>(directory_.size() / 2), position};
}

void StringBlockWriter::WriteBlock() {
  directory_.insert(directory_.end(),
                    {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(pending_.size())});
  const std::size_t before = bytes_.size();
  std::size_t size = 0;
  if (pending_.size() >= kMinCompressedBytes) {
    if (compressor_->context == nullptr) compressor_->context.reset(ZSTD_createCCtx());
    bytes_.resize(before + ZSTD_compressBound(pending_.size()));
    size = ZSTD_compressCCtx(compressor_->context.get(), bytes_.data() + before, bytes_.size() - before,
                             pending_.data(), pending_.size(), kCompressionLevel);
    bytes_.resize(before + (ZSTD_isError(size) != 0 ? 0 : std::min(size, pending_.size())));
  }
  // Readers know a block that is not compressed by its size.
  if (bytes_.size() == before || size >= pending_.size()) {
    bytes_.resize(before);
    const base::Bytes stored = base::AsBytes(pending_);
    bytes_.insert(bytes_.end(), stored.begin(), stored.end());
  }
  pending_.clear();
}

void StringBlockWriter::Finish(CacheTables& tables) {
  if (!pending_.empty()) WriteBlock();
  tables[Section::kStringBlocks] = std::move(directory_);
  tables[Section::kStringBytes] = std::move(bytes_);
}

struct StringBlocks::Shard {
  std::mutex mutex;
  std::unique_ptr<ZSTD_DCtx, FreeInflater> context;  // GUARDED_BY(mutex), as all below.
  std::vector<InflatedBlock> blocks;
  std::size_t inflated_bytes = 0;
  std::uint64_t clock = 0;
  StringCounts counts;

  const std::string& Find(std::uint32_t number, base::Bytes compressed, std::size_t size);
  InflatedBlock& MakeRoom(std::size_t size);
};

// The text of a block, inflated if it must be; `compressed` of what is no sound block gives an empty one.
const std::string& StringBlocks::Shard::Find(std::uint32_t number, base::Bytes compressed, std::size_t size) {
  const auto found = std::ranges::find(blocks, number, &InflatedBlock::number);
  if (found != blocks.end()) {
    ++counts.hits;
    found->last_use = ++clock;
    return found->text;
  }
  ++counts.misses;
  InflatedBlock& block = MakeRoom(size);
  block.number = number;
  block.last_use = ++clock;
  if (compressed.size() == size) {
    block.text = base::AsText(compressed);
  } else {
    if (context == nullptr) context.reset(ZSTD_createDCtx());
    block.text.resize(size);
    const std::size_t inflated = ZSTD_decompressDCtx(context.get(), block.text.data(), block.text.size(),
                                                     compressed.data(), compressed.size());
    block.text.resize(inflated == size ? size : 0);
  }
  inflated_bytes += block.text.capacity();
  return block.text;
}

// A free place for a block of `size` bytes; those that were not asked for the longest make room.
InflatedBlock& StringBlocks::Shard::MakeRoom(std::size_t size) {
  while (!blocks.empty() && inflated_bytes + size > kMaxInflatedBytes / kShards) {
    const auto oldest = std::ranges::min_element(blocks, {}, &InflatedBlock::last_use);
    inflated_bytes -= oldest->text.capacity();
    std::swap(*oldest, blocks.back());
    blocks.pop_back();
  }
  return blocks.emplace_back();
}

StringBlocks::StringBlocks(base::Bytes strings, base::Bytes directory, base::Bytes bytes)
    : strings_(strings), directory_(directory), bytes_(bytes), shards_(std::make_unique<Shard[]>(kShards)) {}
StringBlocks::~StringBlocks() = default;

std::string StringBlocks::At(std::uint32_t id) const {
  if (id >= strings_.rows()) return {};
  const auto [number, position] = strings_.At(id);
  const std::uint64_t entry = std::uint64_t{number} * kStringBlockBytes;
  const auto size = ReadAt<std::uint32_t>(directory_, entry + sizeof(std::uint32_t));
  if (size > kMaxBlockBytes || position > size) return {};
  // A text reaches to the next of its block, a block to the next.
  std::uint32_t end = size;
  if (id + 1 < strings_.rows()) {
    const auto [next_number, next_position] = strings_.At(id + 1);
    if (next_number == number) end = next_position;
  }
  const bool is_last = entry + kStringBlockBytes >= directory_.size();
  const auto begin = ReadAt<std::uint32_t>(directory_, entry);
  const std::uint64_t next =
      is_last ? bytes_.size() : ReadAt<std::uint32_t>(directory_, entry + kStringBlockBytes);
  if (end <= position || end > size || next < begin) return {};
  const auto compressed = base::Slice(bytes_, begin, next - begin);
  if (!compressed) return {};
  Shard& shard = shards_[number % kShards];
  const std::lock_guard lock(shard.mutex);
  const std::string& block = shard.Find(number, *compressed, size);
  return block.size() == size ? block.substr(position, end - position) : std::string();
}

StringCounts StringBlocks::counts() const {
  StringCounts sum;
  for (std::size_t i = 0; i < kShards; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    sum.hits += shards_[i].counts.hits;
    sum.misses += shards_[i].counts.misses;
  }
  return sum;
}

}  // namespace cairn::symfile
