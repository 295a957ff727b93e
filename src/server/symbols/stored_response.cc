#include "server/symbols/stored_response.h"

#include <utility>

#include "server/http/header_text.h"
#include "server/symbol_store/gzip_file.h"

namespace cairn::symbols {
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
  if (!stored.is_gzip || http::AcceptsGzip(request.FindHeader("accept-encoding"))) {
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
