#include "formats/symfile/string_blocks.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>

#include <zdict.h>
#include <zstd.h>

namespace cairn::symfile {
namespace {

// Higher levels take three times as long for a seventh less.
constexpr int kCompressionLevel = 3;

// Without a dictionary a block below this is stored as it is: making a compressor takes longer than to
// compile the few records of one address, which SymbolText does for each lookup.
constexpr std::size_t kMinCompressedBytes = 2048;

// A block is closed once it holds this much. One of 16 KiB is inflated in six microseconds, one of 1 KiB in
// a tenth of that; without a dictionary it would be more than twice as large for its texts. With blocks of 1
// KiB a file of C++ is a twenty-fifth larger than with ones of 2 KiB, and its names need a third less work.
constexpr std::size_t kBlockTarget = std::size_t{16} << 10;
constexpr std::size_t kBlockTargetWithDictionary = std::size_t{1} << 10;

// Measured with 68 MB of C++ names: 32 KiB make the blocks a twentieth larger, 110 KiB not smaller.
constexpr std::size_t kDictionaryBytes = std::size_t{64} << 10;
constexpr std::uint64_t kMinBytesForDictionary = std::uint64_t{1} << 20;

// A block is closed once it has reached the target, so it is at most one text longer.
constexpr std::uint64_t kMaxBlockBytes = kBlockTarget + kMaxNameBytes;

// Threads that ask for texts of different blocks seldom wait for each other.
constexpr std::size_t kShards = 4;
constexpr std::size_t kBlocksOfShard = 32;

// A block that was inflated. The buffer is kept for the next one.
struct InflatedBlock {
  std::uint32_t number = kNone;
  std::uint32_t size = 0;  // Zero for a block that is not sound.
  std::string buffer;      // As long as the longest block that was in it.

  std::string_view text() const { return std::string_view(buffer).substr(0, size); }
};

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeCompressorDictionary {
  void operator()(ZSTD_CDict* dictionary) const { ZSTD_freeCDict(dictionary); }
};
struct FreeInflaterDictionary {
  void operator()(ZSTD_DDict* dictionary) const { ZSTD_freeDDict(dictionary); }
};
struct FreeInflater {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

// Pieces of the texts from places that lie equally far apart.
struct Sample {
  std::string bytes;
  std::vector<std::size_t> sizes;  // Of the pieces.
};

Sample TakeSample(std::span<const std::string_view> texts, std::uint64_t total, std::uint64_t pieces,
                  std::size_t piece_bytes) {
  Sample sample;
  std::uint64_t place = 0;
  std::size_t begin = 0;  // Of the piece that is taken.
  for (const std::string_view text : texts) {
    if (place * pieces >= sample.sizes.size() * total) {
      sample.bytes += text.substr(0, piece_bytes);
      if (sample.bytes.size() - begin >= piece_bytes) {
        sample.sizes.push_back(sample.bytes.size() - begin);
        begin = sample.bytes.size();
      }
    }
    place += text.size();
  }
  sample.bytes.resize(begin);
  return sample;
}

// Empty if the texts are too few, or too odd to make one of.
std::string MakeDictionary(std::span<const std::string_view> texts) {
  std::uint64_t total = 0;
  for (const std::string_view text : texts) total += text.size();
  if (total < kMinBytesForDictionary) return {};
  constexpr std::size_t kTablesBytes = 2048;  // At most, of what stands in a dictionary before its content.
  constexpr std::size_t kPieceBytes = 512;
  Sample content = TakeSample(texts, total, kDictionaryBytes / kPieceBytes, kPieceBytes);
  content.bytes.resize(std::min(content.bytes.size(), kDictionaryBytes - kTablesBytes));
  // How often each match and letter is used when blocks refer to the content; the number of pieces is odd, so
  // that few are the content itself.
  const Sample blocks = TakeSample(texts, total, 401, kBlockTargetWithDictionary);
  std::string dictionary(kDictionaryBytes, '\0');
  const ZDICT_params_t parameters{.compressionLevel = kCompressionLevel, .notificationLevel = 0, .dictID = 0};
  const std::size_t size = ZDICT_finalizeDictionary(
      dictionary.data(), dictionary.size(), content.bytes.data(), content.bytes.size(), blocks.bytes.data(),
      blocks.sizes.data(), static_cast<unsigned>(blocks.sizes.size()), parameters);
  dictionary.resize(ZDICT_isError(size) != 0 ? 0 : size);
  return dictionary;
}

}  // namespace

struct StringBlockWriter::Compressor {
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context;  // Made when first needed.
  std::unique_ptr<ZSTD_CDict, FreeCompressorDictionary> dictionary;

  std::size_t Compress(std::string_view text, std::span<std::byte> compressed) {
    if (context == nullptr) {
      context.reset(ZSTD_createCCtx());
      ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kCompressionLevel);
      // The directory of blocks says it, and there is one dictionary only.
      ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
      ZSTD_CCtx_setParameter(context.get(), ZSTD_c_dictIDFlag, 0);
      ZSTD_CCtx_refCDict(context.get(), dictionary.get());
    }
    return ZSTD_compress2(context.get(), compressed.data(), compressed.size(), text.data(), text.size());
  }
};

StringBlockWriter::StringBlockWriter(std::span<const std::string_view> texts)
    : compressor_(std::make_unique<Compressor>()), block_target_(kBlockTarget) {
  const std::string dictionary = MakeDictionary(texts);
  if (dictionary.empty()) return;
  block_target_ = kBlockTargetWithDictionary;
  compressor_->dictionary.reset(ZSTD_createCDict(dictionary.data(), dictionary.size(), kCompressionLevel));
  const base::Bytes bytes = base::AsBytes(dictionary);
  bytes_.assign(bytes.begin(), bytes.end());
}

StringBlockWriter::~StringBlockWriter() = default;

std::pair<std::uint32_t, std::uint32_t> StringBlockWriter::Add(std::string_view text) {
  if (pending_.size() >= block_target_) WriteBlock();
  const auto position = static_cast<std::uint32_t>(pending_.size());
  pending_ += text;
  return {static_cast<std::uint32_t>(directory_.size() / 2), position};
}

void StringBlockWriter::WriteBlock() {
  directory_.insert(directory_.end(),
                    {static_cast<std::uint32_t>(bytes_.size()), static_cast<std::uint32_t>(pending_.size())});
  const std::size_t before = bytes_.size();
  std::size_t size = 0;
  if (pending_.size() >= kMinCompressedBytes || compressor_->dictionary != nullptr) {
    bytes_.resize(before + ZSTD_compressBound(pending_.size()));
    size = compressor_->Compress(pending_, std::span(bytes_).subspan(before));
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

// Digested when a block first needs it.
struct StringBlocks::Dictionary {
  explicit Dictionary(CacheBytes stored) : bytes(stored) {}

  const ZSTD_DDict* Get() {
    std::call_once(once, [this] {
      std::vector<std::byte> scratch;
      const auto text = bytes.View(0, static_cast<std::size_t>(bytes.size()), scratch);
      if (text) digested.reset(ZSTD_createDDict(text->data(), text->size()));
    });
    return digested.get();
  }

  const CacheBytes bytes;  // Empty if there is none.
  std::once_flag once;
  std::unique_ptr<ZSTD_DDict, FreeInflaterDictionary> digested;  // Empty if the bytes are no dictionary.
};

struct StringBlocks::Shard {
  std::mutex mutex;
  std::unique_ptr<ZSTD_DCtx, FreeInflater> context;  // GUARDED_BY(mutex), as all below.
  std::array<InflatedBlock, kBlocksOfShard> blocks;  // A block has one place, by its number.
  std::size_t inflated_bytes = 0;                    // Of all buffers.
  std::vector<std::byte> scratch;                    // For what is to be inflated.
  StringCounts counts;

  std::string_view Find(std::uint32_t number, const CacheBytes& compressed, std::size_t size,
                        Dictionary& dictionary);
  void MakeRoom(InflatedBlock& block, std::size_t size);
  bool Inflate(base::Bytes compressed, std::size_t size, Dictionary& dictionary, InflatedBlock& block);
};

// The text of a block, inflated if it must be; `compressed` of what is no sound block gives an empty one.
std::string_view StringBlocks::Shard::Find(std::uint32_t number, const CacheBytes& compressed,
                                           std::size_t size, Dictionary& dictionary) {
  InflatedBlock& block = blocks[number / kShards % kBlocksOfShard];
  if (block.number == number) {
    ++counts.hits;
    return block.text();
  }
  ++counts.misses;
  MakeRoom(block, size);
  block.number = number;
  block.size = 0;
  const auto bytes = compressed.View(0, static_cast<std::size_t>(compressed.size()), scratch);
  if (!bytes) return {};
  if (bytes->size() == size) {
    std::ranges::copy(base::AsText(*bytes), block.buffer.begin());
    block.size = static_cast<std::uint32_t>(size);
  } else if (Inflate(*bytes, size, dictionary, block)) {
    block.size = static_cast<std::uint32_t>(size);
  }
  return block.text();
}

bool StringBlocks::Shard::Inflate(base::Bytes compressed, std::size_t size, Dictionary& dictionary,
                                  InflatedBlock& block) {
  const ZSTD_DDict* const digested = dictionary.bytes.empty() ? nullptr : dictionary.Get();
  if (digested == nullptr && !dictionary.bytes.empty()) return false;
  if (context == nullptr) context.reset(ZSTD_createDCtx());
  return ZSTD_decompress_usingDDict(context.get(), block.buffer.data(), size, compressed.data(),
                                    compressed.size(), digested) == size;
}

// Makes the buffer of a place large enough; where that is too much for all of them, they are all freed first.
void StringBlocks::Shard::MakeRoom(InflatedBlock& block, std::size_t size) {
  if (block.buffer.size() >= size) return;
  if (inflated_bytes + size - block.buffer.size() > kMaxInflatedBytes / kShards) {
    blocks.fill({});
    inflated_bytes = 0;
  }
  inflated_bytes += size - block.buffer.size();
  block.buffer.resize(size);
}

StringBlocks::StringBlocks(base::Bytes strings, base::Bytes directory, CacheBytes bytes)
    : strings_(strings), directory_(directory), bytes_(bytes), shards_(std::make_unique<Shard[]>(kShards)) {
  const auto dictionary = bytes_.Slice(0, ReadAt<std::uint32_t>(directory_, 0));
  const bool is_sound = dictionary && dictionary->size() <= kDictionaryBytes;
  dictionary_ = std::make_unique<Dictionary>(is_sound ? *dictionary : CacheBytes());
}
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
  // A sound block is never longer than what is in it.
  if (next - begin > size) return {};
  const auto compressed = bytes_.Slice(begin, next - begin);
  if (!compressed) return {};
  Shard& shard = shards_[number % kShards];
  const std::lock_guard lock(shard.mutex);
  const std::string_view block = shard.Find(number, *compressed, size, *dictionary_);
  return block.size() == size ? std::string(block.substr(position, end - position)) : std::string();
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
