#include "analysis/symbolication/cache_names.h"

#include <algorithm>
#include <memory_resource>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/json_writer.h"
#include "model/limits.h"

namespace cairn::symbolication {
namespace {

using symfile::kNone;

// What a text is of, and its number there. Zero is no text.
using TextKey = std::uint64_t;
enum class TextKind : std::uint8_t { kSymbol = 1, kOrigin, kFile };

TextKey KeyOf(TextKind kind, std::uint32_t number) {
  return number == kNone ? 0 : std::uint64_t{static_cast<std::uint8_t>(kind)} << 32 | number;
}

std::string TextOf(const symfile::SymbolCache& cache, TextKey key) {
  const auto number = static_cast<std::uint32_t>(key);
  switch (static_cast<TextKind>(key >> 32)) {
    case TextKind::kSymbol: return cache.SymbolName(number);
    case TextKind::kOrigin: return cache.OriginName(number);
    case TextKind::kFile: return cache.FileName(number);
  }
  return {};
}

// A place whose texts are still keys.
struct KeyedCall {
  TextKey function = 0;
  TextKey file = 0;
  std::uint32_t line = 0;
};

// The calls at one address: the inlined ones, the innermost first, and then the function. Appends them.
void AppendCalls(const symfile::SymbolCache& cache, const symfile::SymbolIds& ids,
                 std::vector<KeyedCall>& calls) {
  KeyedCall place{.function = 0, .file = KeyOf(TextKind::kFile, ids.file), .line = ids.line};
  std::uint32_t next = ids.inline_call;
  for (std::size_t depth = 0; next != kNone && depth < model::kMaxInlineDepth; ++depth) {
    const symfile::InlineIds call = cache.InlineAt(next);
    place.function = KeyOf(TextKind::kOrigin, call.origin);
    calls.push_back(place);
    place = {.function = 0, .file = KeyOf(TextKind::kFile, call.call_file), .line = call.call_line};
    next = call.outer;
  }
  place.function = KeyOf(TextKind::kSymbol, ids.symbol);
  calls.push_back(place);
}

struct HashOfIds {
  std::size_t operator()(const symfile::SymbolIds& ids) const {
    // Of the four numbers, which of neighbours differ little.
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
    std::uint64_t hash = std::uint64_t{ids.symbol} << 32 | ids.file;
    hash = (hash ^ hash >> 29) * kOdd;
    hash ^= std::uint64_t{ids.line} << 32 | ids.inline_call;
    hash = (hash ^ hash >> 29) * kOdd;
    return hash ^ hash >> 32;
  }
};

// What all addresses of the same ids have in common.
struct FrameText {
  std::string_view function;
  std::string_view rest;
  std::uint64_t function_start = 0;
};

}  // namespace

// Texts are added and never removed: answers have views of them. What is full is replaced whole.
class CacheNames::Memory {
 public:
  // Names the addresses whose ids are known, and adds those of the others, each once if they are neighbours,
  // to `unknown`.
  void Fill(std::span<const symfile::SymbolIds> ids, std::span<const model::ModuleOffset> offsets,
            std::span<NamedAddress> addresses, std::vector<symfile::SymbolIds>& unknown) const {
    const std::shared_lock lock(mutex_);
    const FrameText* frame = nullptr;
    for (std::size_t i = 0; i < ids.size(); ++i) {
      if (ids[i].symbol == kNone) continue;
      if (i == 0 || ids[i] != ids[i - 1]) {
        const auto found = frames_.find(ids[i]);
        frame = found == frames_.end() ? nullptr : &found->second;
        if (frame == nullptr) unknown.push_back(ids[i]);
      }
      if (frame == nullptr || frame->function_start > offsets[i].value) continue;
      addresses[i] = {.function = frame->function,
                      .rest = frame->rest,
                      .function_offset = offsets[i].value - frame->function_start};
    }
  }

  // False: they are too many, and some are left out.
  bool Learn(const symfile::SymbolCache& cache, std::span<const symfile::SymbolIds> frames) {
    std::vector<KeyedCall> calls;
    std::vector<std::size_t> ends;
    for (const symfile::SymbolIds& ids : frames) {
      if (calls.size() > kMaxNamedCalls) break;
      AppendCalls(cache, ids, calls);
      ends.push_back(calls.size());
    }
    std::vector<NamedCall> named(calls.size());
    bool has_all = Resolve(cache, calls, named) && ends.size() == frames.size();
    std::size_t bytes = 0;
    const std::unique_lock lock(mutex_);
    for (std::size_t i = 0, begin = 0; i < ends.size() && bytes <= kMaxNamesBytes; begin = ends[i++]) {
      const NamedCall& function = named[ends[i] - 1];
      const std::string rest = WriteRest(function, std::span(named).subspan(begin, ends[i] - 1 - begin));
      const auto [place, is_new] = frames_.try_emplace(frames[i]);
      if (!is_new) continue;
      // One behind the other: to write a frame is to read on.
      const std::string_view kept = Keep(std::string(function.function) + rest);
      place->second = {.function = kept.substr(0, function.function.size()),
                       .rest = kept.substr(function.function.size()),
                       .function_start = cache.SymbolAt(frames[i].symbol).start.value};
      bytes += kept.size();
    }
    return has_all && bytes <= kMaxNamesBytes;
  }

  std::size_t bytes() const {
    const std::shared_lock lock(mutex_);
    return bytes_;
  }

 private:
  static constexpr std::size_t kEntryBytes = 80;  // Of a table, per text, about.

  // Gives the keys' texts. Those that are not known are made by `cache`. False: they are too many, and the
  // others are empty.
  bool Resolve(const symfile::SymbolCache& cache, std::span<const KeyedCall> calls,
               std::span<NamedCall> named) {
    std::vector<TextKey> unknown;
    {
      const std::shared_lock lock(mutex_);
      FillIn(calls, named, &unknown);
    }
    if (unknown.empty()) return true;
    // By number: texts that were compiled together lie in one block.
    std::ranges::sort(unknown);
    const auto repeated = std::ranges::unique(unknown);
    unknown.erase(repeated.begin(), repeated.end());
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    for (const TextKey key : unknown) {
      if (bytes > kMaxNamesBytes) break;
      const std::string text = TextOf(cache, key);
      texts.push_back(text.empty() ? std::string() : base::QuoteJson(text));
      bytes += texts.back().size();
    }
    const std::unique_lock lock(mutex_);
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const auto [place, is_new] = names_.try_emplace(unknown[i]);
      if (is_new) place->second = Keep(texts[i]);
    }
    FillIn(calls, named, nullptr);
    return texts.size() == unknown.size();
  }

  std::string_view Keep(const std::string& text) {
    bytes_ += text.size() + kEntryBytes;
    if (text.empty()) return {};
    char* const place = static_cast<char*>(memory_.allocate(text.size(), 1));
    std::ranges::copy(text, place);
    return {place, text.size()};
  }

  // Neighbours often have the same file and function, so that most keys need no look-up.
  void FillIn(std::span<const KeyedCall> calls, std::span<NamedCall> named,
              std::vector<TextKey>* unknown) const {
    TextKey function_key = 0;
    TextKey file_key = 0;
    std::string_view function;
    std::string_view file;
    for (std::size_t i = 0; i < calls.size(); ++i) {
      if (calls[i].function != function_key) function = Find(function_key = calls[i].function, unknown);
      if (calls[i].file != file_key) file = Find(file_key = calls[i].file, unknown);
      named[i] = {function, file, calls[i].line};
    }
  }

  std::string_view Find(TextKey key, std::vector<TextKey>* unknown) const {
    if (key == 0) return {};
    const auto found = names_.find(key);
    if (found != names_.end()) return found->second;
    if (unknown != nullptr) unknown->push_back(key);
    return {};
  }

  mutable std::shared_mutex mutex_;
  std::pmr::monotonic_buffer_resource memory_;                           // GUARDED_BY(mutex_)
  std::unordered_map<TextKey, std::string_view> names_;                  // GUARDED_BY(mutex_)
  std::unordered_map<symfile::SymbolIds, FrameText, HashOfIds> frames_;  // GUARDED_BY(mutex_)
  std::size_t bytes_ = 0;                                                // GUARDED_BY(mutex_)
};

CacheNames::CacheNames(symfile::SymbolCache cache)
    : cache_(std::move(cache)), memory_(std::make_shared<Memory>()) {}

CacheNames::~CacheNames() = default;

std::shared_ptr<CacheNames::Memory> CacheNames::CurrentMemory() const {
  const std::lock_guard lock(mutex_);
  if (memory_->bytes() > kMaxRememberedBytes) memory_ = std::make_shared<Memory>();
  return memory_;
}

NamedAddresses CacheNames::Name(std::span<const model::ModuleOffset> offsets) const {
  std::vector<symfile::SymbolIds> found(offsets.size());
  cache_.FindIds(offsets, found);
  NamedAddresses answer;
  answer.addresses.resize(offsets.size());
  const std::shared_ptr<Memory> memory = CurrentMemory();
  answer.texts = memory;
  std::vector<symfile::SymbolIds> unknown;
  memory->Fill(found, offsets, answer.addresses, unknown);
  if (unknown.empty()) return answer;
  answer.is_cut = !memory->Learn(cache_, unknown);
  unknown.clear();
  memory->Fill(found, offsets, answer.addresses, unknown);
  return answer;
}

}  // namespace cairn::symbolication
