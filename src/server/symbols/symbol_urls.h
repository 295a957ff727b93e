// The URLs of this server's symbol files, as they are told to clients.
#pragma once

#include <string>
#include <string_view>

#include "server/http/message.h"

namespace cairn::symbols {

// "https://symbols.example.org", without a slash at the end: what the operator says, else what the request
// was sent to.
std::string BaseUrl(const http::Request& request, const std::string& public_url);

// A part of a path with %XX for what may not stand there (RFC 3986, section 3.3).
std::string EscapeSegment(std::string_view segment);

// "/xul.pdb/44E4.../xul.sym", escaped.
std::string SymbolUrlPath(std::string_view debug_file, std::string_view debug_id,
                          std::string_view symbol_file);

// The name of a symbol text as clients ask for it: "xul.pdb" has "xul.sym", "libxul.so" has "libxul.so.sym".
std::string SymbolTextNameOf(std::string_view debug_file);

}  // namespace cairn::symbols
