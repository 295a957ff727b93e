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

}  // namespace

// Texts are added and never removed: answers have views of them. What is full is replaced whole.
class CacheNames::Memory {
 public:
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
      const auto [place, is_new] = known_.try_emplace(unknown[i]);
      if (is_new) place->second = Keep(texts[i]);
    }
    FillIn(calls, named, nullptr);
    return texts.size() == unknown.size();
  }

  std::size_t bytes() const {
    const std::shared_lock lock(mutex_);
    return bytes_;
  }

 private:
  static constexpr std::size_t kEntryBytes = 64;  // Of the table, per text, about.

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
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    if (unknown != nullptr) unknown->push_back(key);
    return {};
  }

  mutable std::shared_mutex mutex_;
  std::pmr::monotonic_buffer_resource memory_;           // GUARDED_BY(mutex_)
  std::unordered_map<TextKey, std::string_view> known_;  // GUARDED_BY(mutex_)
  std::size_t bytes_ = 0;                                // GUARDED_BY(mutex_)
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
  // The calls of all addresses: of each its inlined ones, the innermost first, and then its function.
  std::vector<KeyedCall> calls;
  calls.reserve(offsets.size() * 2);
  for (std::size_t i = 0; i < offsets.size(); ++i) {
    const symfile::SymbolIds& ids = found[i];
    NamedAddress& address = answer.addresses[i];
    address.first_inline = static_cast<std::uint32_t>(calls.size());
    if (ids.symbol == kNone || calls.size() > kMaxNamedCalls) continue;
    const symfile::SymbolRange symbol = cache_.SymbolAt(ids.symbol);
    if (symbol.start > offsets[i]) continue;
    address.function_offset = offsets[i].value - symbol.start.value;
    KeyedCall place{.function = 0, .file = KeyOf(TextKind::kFile, ids.file), .line = ids.line};
    std::uint32_t next = ids.inline_call;
    while (next != kNone && address.inline_count < model::kMaxInlineDepth) {
      const symfile::InlineIds call = cache_.InlineAt(next);
      place.function = KeyOf(TextKind::kOrigin, call.origin);
      calls.push_back(place);
      place = {.function = 0, .file = KeyOf(TextKind::kFile, call.call_file), .line = call.call_line};
      next = call.outer;
      ++address.inline_count;
    }
    place.function = KeyOf(TextKind::kSymbol, ids.symbol);
    calls.push_back(place);
  }
  answer.inlines.resize(calls.size());
  const std::shared_ptr<Memory> memory = CurrentMemory();
  const bool has_all = memory->Resolve(cache_, calls, answer.inlines);
  answer.is_cut = !has_all || calls.size() > kMaxNamedCalls;
  answer.texts = memory;
  for (NamedAddress& address : answer.addresses) {
    const std::size_t own = address.first_inline + address.inline_count;
    const std::size_t end =
        &address == &answer.addresses.back() ? calls.size() : (&address + 1)->first_inline;
    if (own < end) address.place = answer.inlines[own];
  }
  return answer;
}

}  // namespace cairn::symbolication
