#include "server/symbols/stored_response.h"

#include <algorithm>
#include <utility>

#include "server/symbol_store/gzip_file.h"

namespace cairn::symbols {
namespace {

std::string_view Trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// "q=0", "q=0.000": not wanted.
bool IsRefused(std::string_view parameters) {
  const std::size_t q = parameters.find("q=");
  return q != std::string_view::npos &&
         Trim(parameters.substr(q + 2)).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool AcceptsGzip(std::string_view accept_encoding) {
  bool any = false;  // By "*", which a word on gzip itself overrides.
  while (!accept_encoding.empty()) {
    const std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
    accept_encoding.remove_prefix(std::min(item.size() + 1, accept_encoding.size()));
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const std::string coding = symbol_store::LowerCase(Trim(item.substr(0, semicolon)));
    const bool is_wanted = !IsRefused(item.substr(semicolon));
    if (coding == "gzip" || coding == "x-gzip") return is_wanted;
    if (coding == "*") any = is_wanted;
  }
  return any;
}

base::Result<http::Response> RespondWith(const symbol_store::SymbolStore& store, const http::Request& request,
                                         const symbol_store::SymbolName& name,
                                         symbol_store::StoredFile stored) {
  http::Response response;
  response.takes_ranges = true;
  // No proxy may pack or unpack it on the way: clients compare sizes and hashes.
  response.headers.push_back({"Cache-Control", "no-transform"});
  if (!symbol_store::IsSymbolText(name)) {
    response.content_type = "application/octet-stream";
    response.file = std::move(stored.file);
    return response;
  }
  response.content_type = "text/plain";
  response.headers.push_back({"Vary", "Accept-Encoding"});
  if (!stored.is_gzip || AcceptsGzip(request.FindHeader("accept-encoding"))) {
    if (stored.is_gzip) response.headers.push_back({"Content-Encoding", "gzip"});
    response.file = std::move(stored.file);
    return response;
  }
  ASSIGN_OR_RETURN(response.file, symbol_store::InflateFile(stored.file.get(), store.spool_folder()));
  return response;
}

http::Route OpenRoute(std::string pattern, http::Handler handler) {
  return {.method = "GET",
          .pattern = std::move(pattern),
          .permission = std::string(http::kAnybody),
          .handler = std::move(handler)};
}

http::Response TryAgainLater() {
  return http::ErrorResponse(503, "the symbol store cannot be used now: try again later");
}

}  // namespace cairn::symbols
