#include "server/symbol_store/symbol_keys.h"

#include <algorithm>
#include <cstddef>

#include "base/hex.h"
#include "base/utf8.h"
#include "formats/symfile/cache_layout.h"
#include "server/store/blob_store.h"

namespace cairn::symbol_store {
namespace {

constexpr std::size_t kMaxNameLength = 120;
constexpr std::size_t kMaxIdLength = 64;

constexpr std::string_view kForbidden = "\\^`><{}[]#%\"'|/";
constexpr std::string_view kWindowsExtensions[] = {".pdb", ".dll", ".exe"};

bool IsPlain(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || name == "." || name == "..") return false;
  // U+0080 to U+00FF, of which UTF-8 makes two bytes.
  const bool has_latin =
      name.find('\xc2') != std::string_view::npos || name.find('\xc3') != std::string_view::npos;
  return !has_latin && base::IsUtf8(name) && std::ranges::all_of(name, [](char c) {
    return static_cast<unsigned char>(c) >= 0x20 && kForbidden.find(c) == std::string_view::npos;
  });
}

// What a key's segment may not hold becomes "+" and two hex digits; so does "+" itself, and a dot in front.
std::string EncodeSegment(std::string_view name) {
  std::string encoded;
  for (const char c : name) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    const bool dot = c == '.' && !encoded.empty();
    if (alphanumeric || dot || c == '_' || c == '@' || c == '-') {
      encoded += c;
    } else {
      encoded += "+" + base::ToHex(static_cast<unsigned char>(c), 2);
    }
  }
  return encoded;
}

// The inverse; nothing for what EncodeSegment does not make.
std::optional<std::string> DecodeSegment(std::string_view segment) {
  std::string decoded;
  for (std::size_t i = 0; i < segment.size(); ++i) {
    if (segment[i] != '+') {
      decoded += segment[i];
      continue;
    }
    const std::optional<std::uint64_t> byte = base::ParseHex(segment.substr(i + 1, 2));
    if (segment.size() - i < 3 || !byte) return std::nullopt;
    decoded += static_cast<char>(*byte);
    i += 2;
  }
  return decoded;
}

// As it stands in keys.
SymbolName Folded(const SymbolName& name) {
  const std::string lower = LowerCase(name.debug_file);
  const bool is_of_windows = std::ranges::any_of(
      kWindowsExtensions, [&lower](std::string_view extension) { return lower.ends_with(extension); });
  return is_of_windows ? SymbolName{lower, name.debug_id, LowerCase(name.symbol_file)} : name;
}

std::string KeyOf(std::string_view prefix, const SymbolName& name) {
  return std::string(prefix) + EncodeSegment(name.debug_file) + "/" + name.debug_id + "/" +
         EncodeSegment(name.symbol_file);
}

}  // namespace

std::optional<SymbolName> MakeSymbolName(std::string_view debug_file, std::string_view debug_id,
                                         std::string_view symbol_file) {
  if (!IsPlain(debug_file) || !IsPlain(symbol_file) || debug_id.empty() || debug_id.size() > kMaxIdLength) {
    return std::nullopt;
  }
  SymbolName name{std::string(debug_file), std::string(debug_id), std::string(symbol_file)};
  for (char& c : name.debug_id) {
    if (c >= 'a' && c <= 'f') c = static_cast<char>(c - 'a' + 'A');
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'))) return std::nullopt;
  }
  if (EncodeSegment(debug_file).size() > store::kMaxSegmentLength ||
      EncodeSegment(symbol_file).size() > store::kMaxSegmentLength) {
    return std::nullopt;
  }
  return name;
}

std::optional<SymbolName> ParseSymbolPath(std::string_view path) {
  const std::size_t first = path.find('/');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = path.find('/', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return MakeSymbolName(path.substr(0, first), path.substr(first + 1, second - first - 1),
                        path.substr(second + 1));
}

std::string_view SymbolKeyPrefix(store::SymbolClass symbol_class) {
  return symbol_class == store::SymbolClass::kTry ? "v1/try_symbols/" : "v1/symbols/";
}

std::string SymbolKey(store::SymbolClass symbol_class, const SymbolName& name) {
  return KeyOf(SymbolKeyPrefix(symbol_class), Folded(name));
}

std::string CacheKey(store::SymbolClass symbol_class, const SymbolName& name) {
  const std::string_view folder =
      symbol_class == store::SymbolClass::kTry ? "v1/try_symbol_cache/" : "v1/symbol_cache/";
  return KeyOf(std::string(folder) + std::to_string(symfile::kSymbolCacheVersion) + "/", Folded(name));
}

std::string FormerSymbolKey(const SymbolName& name) {
  const std::string key = KeyOf(SymbolKeyPrefix(store::SymbolClass::kRegular), name);
  return key == SymbolKey(store::SymbolClass::kRegular, name) ? std::string() : key;
}

std::optional<SymbolName> NameInKey(std::string_view key) {
  for (const store::SymbolClass symbol_class : {store::SymbolClass::kRegular, store::SymbolClass::kTry}) {
    const std::string_view prefix = SymbolKeyPrefix(symbol_class);
    if (!key.starts_with(prefix)) continue;
    const std::string_view path = key.substr(prefix.size());
    const std::size_t first = path.find('/');
    const std::size_t last = path.rfind('/');
    if (first == std::string_view::npos || first == last) return std::nullopt;
    const auto debug_file = DecodeSegment(path.substr(0, first));
    const auto symbol_file = DecodeSegment(path.substr(last + 1));
    if (!debug_file || !symbol_file) return std::nullopt;
    return MakeSymbolName(*debug_file, path.substr(first + 1, last - first - 1), *symbol_file);
  }
  return std::nullopt;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace cairn::symbol_store
