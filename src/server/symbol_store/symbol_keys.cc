#include "server/symbol_store/symbol_keys.h"

#include <algorithm>
#include <cstddef>

#include "base/hex.h"
#include "formats/symfile/cache_layout.h"

namespace cairn::symbol_store {
namespace {

// A key's segment has at most 200 characters, and a byte may need three.
constexpr std::size_t kMaxNameLength = 120;
constexpr std::size_t kMaxIdLength = 64;

constexpr std::string_view kForbidden = "\\^`><{}[]#%\"'|/";

bool IsPlain(std::string_view name) {
  if (name.empty() || name.size() > kMaxNameLength || name == "." || name == "..") return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x7f && kForbidden.find(c) == std::string_view::npos;
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

std::string SymbolKey(const SymbolName& name) {
  return "v1/symbols/" + EncodeSegment(name.debug_file) + "/" + name.debug_id + "/" +
         EncodeSegment(name.symbol_file);
}

std::string CacheKey(const SymbolName& name) {
  return "v1/symbol_cache/" + std::to_string(symfile::kSymbolCacheVersion) + "/" +
         EncodeSegment(name.debug_file) + "/" + name.debug_id + "/" + EncodeSegment(name.symbol_file);
}

}  // namespace cairn::symbol_store
