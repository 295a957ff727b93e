// Downloads of symbol files as symbols.mozilla.org (Tecken) answers them, and as debuggers ask for them:
// symstore and ssqp layouts, debuginfod.
//
// Differences from Tecken, each where it has a trap: a hit is the body itself in place of a redirect to a
// bucket; a code id leads only to files that the request may see and that are there; a storage error is 503.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/module.h"
#include "os/file.h"
#include "server/http/router.h"
#include "server/store/symbol_records.h"
#include "server/symbol_store/symbol_store.h"
#include "server/symbols/visibility.h"

namespace cairn::symbols {

// The symbol text of a module that the store does not have, unpacked, or nothing. May take seconds. The code
// file and id are what the client told of the module: "?code_file=xul.dll&code_id=62B0E4E0712F000".
using FindSymbolFile = std::function<std::optional<os::FileDescriptor>(const model::Module& module)>;

// All borrowed.
struct DownloadParts {
  const symbol_store::SymbolStore& store;
  const store::SymbolRecords& records;
  VisibilityRules visibility;
  std::string public_url;         // Of this server; empty: as requests name it.
  FindSymbolFile find_elsewhere;  // Empty: nowhere.
};

std::vector<http::Route> MakeDownloadRoutes(const DownloadParts& parts);

}  // namespace cairn::symbols
