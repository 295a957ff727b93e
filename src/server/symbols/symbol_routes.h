// The symbol server over HTTP: the one place that lists all that it answers. docs/SYMBOLS.md says what for.
#pragma once

#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/store/directory.h"
#include "server/symbol_store/symbol_intake.h"
#include "server/symbols/download.h"
#include "server/symbols/upload_sessions.h"
#include "server/symbols/uploads_api.h"
#include "server/symbols/zip_fetch.h"

namespace cairn::symbols {

// All borrowed: it must outlive the routes.
struct SymbolRoutesParts {
  symbol_store::SymbolIntake& intake;
  const store::Directory& directory;
  UploadSessions& sessions;
  bool public_by_default = false;  // Whether anybody may fetch symbols of no particular product.
  std::string public_url;          // Of this server; empty: as requests name it.
  FetchRules fetch;
  DaysKept days_kept = {};
  FindSymbolFile find_elsewhere;  // Empty: nowhere.
};

std::vector<http::Route> MakeRoutes(const SymbolRoutesParts& parts);

}  // namespace cairn::symbols
