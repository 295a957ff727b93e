// The symbol server over HTTP: upload of zip files, download of single symbol files, as Tecken has them.
#pragma once

#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::symbols {

struct SymbolRoutesOptions {
  std::string spool_folder;         // For what comes out of zip files, nameless.
  std::string download_permission;  // Or http::kAnybody.
};

// The store must outlive the routes.
std::vector<http::Route> MakeRoutes(symbol_store::SymbolStore& store, const SymbolRoutesOptions& options);

}  // namespace cairn::symbols
