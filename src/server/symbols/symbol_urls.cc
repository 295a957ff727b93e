#include "server/symbols/symbol_urls.h"

#include "base/hex.h"
#include "server/symbol_store/symbol_keys.h"

namespace cairn::symbols {
namespace {

constexpr std::string_view kUnescaped = "-._~!$&'()*+,;=:@";
constexpr std::string_view kPdb = ".pdb";

}  // namespace

std::string BaseUrl(const http::Request& request, const std::string& public_url) {
  if (!public_url.empty()) return public_url.substr(0, public_url.find_last_not_of('/') + 1);
  // A proxy that speaks TLS with the client says so.
  const bool is_https = request.FindHeader("x-forwarded-proto") == "https";
  return (is_https ? "https://" : "http://") + std::string(request.FindHeader("host"));
}

std::string EscapeSegment(std::string_view segment) {
  std::string escaped;
  for (const char c : segment) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alphanumeric || kUnescaped.find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      std::string digits = base::ToHex(static_cast<unsigned char>(c), 2);
      for (char& digit : digits) digit = digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit;
      escaped += "%" + digits;
    }
  }
  return escaped;
}

std::string SymbolUrlPath(std::string_view debug_file, std::string_view debug_id,
                          std::string_view symbol_file) {
  return "/" + EscapeSegment(debug_file) + "/" + EscapeSegment(debug_id) + "/" + EscapeSegment(symbol_file);
}

std::string SymbolTextNameOf(std::string_view debug_file) {
  if (symbol_store::LowerCase(debug_file).ends_with(kPdb)) debug_file.remove_suffix(kPdb.size());
  return std::string(debug_file) + ".sym";
}

}  // namespace cairn::symbols
