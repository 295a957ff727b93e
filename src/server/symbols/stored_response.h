// Stored symbol files as the body of an answer.
#pragma once

#include <string>

#include "base/result.h"
#include "server/http/message.h"
#include "server/http/router.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::symbols {

// 200 with the file. A symbol text goes out packed, as it is kept, to a client that takes gzip.
base::Result<http::Response> RespondWith(const symbol_store::SymbolStore& store, const http::Request& request,
                                         const symbol_store::SymbolName& name,
                                         symbol_store::StoredFile stored);

// A route to which everybody may come: what it answers depends on the file that is asked for.
http::Route OpenRoute(std::string pattern, http::Handler handler);

// For what this machine could not do. Clients try again at 503, and take a 404 for an answer.
http::Response TryAgainLater();

}  // namespace cairn::symbols
