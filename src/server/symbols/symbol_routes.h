// The symbol server over HTTP: upload of zip files, download of single symbol files, as Tecken has them.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/module.h"
#include "os/file.h"
#include "server/http/router.h"
#include "server/symbol_store/symbol_store.h"

namespace cairn::symbols {

// The symbol file of a module that the store does not have, or nothing. May take seconds. The code file and
// id are what the client told of the module: "?code_file=xul.dll&code_id=62B0E4E0712F000".
using FindSymbolFile = std::function<std::optional<os::FileDescriptor>(const model::Module& module)>;

struct SymbolRoutesOptions {
  std::string spool_folder;            // For what comes out of zip files, nameless.
  std::string download_permission;     // Or http::kAnybody.
  FindSymbolFile find_elsewhere = {};  // Empty: nowhere.
};

// The store must outlive the routes.
std::vector<http::Route> MakeRoutes(symbol_store::SymbolStore& store, const SymbolRoutesOptions& options);

}  // namespace cairn::symbols
