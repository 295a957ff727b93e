// Uploads of zip files, POST /upload/ as Tecken takes them: from a form, as the body itself, or by a URL.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "server/http/router.h"
#include "server/symbol_store/symbol_intake.h"
#include "server/symbols/zip_fetch.h"

namespace cairn::symbols {

struct ZipUploadParts {
  symbol_store::SymbolIntake& intake;  // Borrowed.
  FetchRules fetch;
};

std::vector<http::Route> MakeZipUploadRoutes(const ZipUploadParts& parts);

}  // namespace cairn::symbols
